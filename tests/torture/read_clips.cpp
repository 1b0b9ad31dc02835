// Reads recordings one after the other, as runs do, and prints a line for each: the hash and the
// number of frames of every segment, or the exit code and the message of the error.
//
//     torture-read KIND RECORDING...

#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "media/clip.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

std::string read(const MediaKind& kind, const std::string& file) {
    ReadOptions options;
    options.fps = kind.fps;
    options.segment_frames = kind.segment_frames;
    ClipSpec clip;
    clip.kind = kind.name;
    clip.file = file;
    check_stored(clip);
    const auto reader = open_clip(clip, options);
    std::string line = "read";
    while (const auto segment = reader->next()) {
        line += fmt::format(" {}:{}", segment->info.hash.hex(), segment->info.frames);
    }
    return line;
}

std::string read_or_refuse(const MediaKind& kind, const std::string& file) {
    try {
        return read(kind, file);
    } catch (const Error& error) {
        return fmt::format("{} {}", static_cast<int>(error.code()), error.what());
    } catch (const std::exception& error) {
        return fmt::format("1 internal error: {}", error.what());
    }
}

}  // namespace
}  // namespace oneadapt

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const auto& kind = oneadapt::find_media(argv[1]);
    for (int i = 2; i < argc; ++i) {
        fmt::print("{}\n", oneadapt::read_or_refuse(kind, argv[i]));
        std::fflush(stdout);  // a signal must not take the lines of the files before
    }
}
