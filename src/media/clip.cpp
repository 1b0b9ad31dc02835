#include "media/clip.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "media/audio_reader.hpp"
#include "media/lidar_reader.hpp"
#include "media/video_reader.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {

std::string ReadOptions::text() const {
    return fmt::format("fps={},segment-frames={},size={},multiple={},samples={}",
                       fps ? fmt::format("{}", *fps) : "native", segment_frames,
                       size ? fmt::format("{}x{}", size->width, size->height) : "source",
                       size_multiple, sample_rate);
}

const std::vector<MediaKind>& media_table() {
    static const std::vector<MediaKind> table = {
        {"video", "video in colour, any file that FFmpeg reads", 10, 10, open_video},
        {"infrared", "infrared video: the luma of any file that FFmpeg reads", 10, 10, open_video},
        {"depth", "depth video: 16-bit millimetres, 0 = no return, in any lossless file", 10, 10,
         open_video},
        {"audio", "sound, any file that FFmpeg reads; a frame is what is transcribed at once", 0.25,
         1, open_audio},
        {"lidar", "point clouds: a folder of KITTI .bin or PCD files, one for each sweep", 10, 10,
         open_lidar, true},
    };
    return table;
}

const MediaKind& find_media(const std::string& name) {
    const auto& table = media_table();
    const auto found = std::ranges::find(table, name, &MediaKind::name);
    if (found != table.end()) return *found;
    std::vector<std::string> names;
    std::ranges::transform(table, std::back_inserter(names), &MediaKind::name);
    throw UsageError(fmt::format("media kind '{}'", name), "is unknown",
                     fmt::format("choose from {}", fmt::join(names, ", ")));
}

void check_stored(const ClipSpec& clip) {
    const MediaKind& kind = find_media(clip.kind);
    const std::string wanted = fmt::format("a clip of kind {} is {}", kind.name, kind.summary);
    std::error_code failed;
    if (!kind.in_folder || !std::filesystem::exists(clip.file, failed)) {
        check_regular(clip.file, FileRole::input, wanted);
    } else if (!std::filesystem::is_directory(clip.file, failed)) {
        throw InputError(clip.file.string(), "is not a folder", wanted);
    }
}

std::unique_ptr<ClipReader> open_clip(const ClipSpec& clip, const ReadOptions& options) {
    return find_media(clip.kind).open(clip, options);
}

}  // namespace oneadapt
