#include "media/clip.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "media/lidar_reader.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/module.hpp"
#include "support/table.hpp"

namespace oneadapt {
namespace {

std::unique_ptr<ClipReader> open_by_libav(const char* function, const ClipSpec& clip,
                                          const ReadOptions& options) {
    using Open = ClipReader*(const ClipSpec&, const ReadOptions&);
    const auto open = module_function<Open>("oneadapt-libav", function);
    return std::unique_ptr<ClipReader>(open(clip, options));
}

std::unique_ptr<ClipReader> video(const ClipSpec& clip, const ReadOptions& options) {
    return open_by_libav("oneadapt_open_video", clip, options);
}

std::unique_ptr<ClipReader> audio(const ClipSpec& clip, const ReadOptions& options) {
    return open_by_libav("oneadapt_open_audio", clip, options);
}

/// Raised whenever the same options come to read something else of a recording, so that a trace
/// does not play what was read otherwise.
constexpr int kReading = 4;

std::vector<std::filesystem::path> none_beside(const ClipSpec& /*clip*/) {
    return {};
}

}  // namespace

std::string PointForm::text() const {
    std::string text;
    if (layout) text += fmt::format("point-layout={},", *layout);
    if (brightest) text += fmt::format("intensity-max={},", *brightest);
    return text;
}

std::string ReadOptions::text() const {
    return fmt::format("reading={},fps={},segment-frames={},size={},multiple={},samples={}",
                       kReading, fps ? fmt::format("{}", *fps) : "native", segment_frames,
                       size ? fmt::format("{}x{}", size->width, size->height) : "source",
                       size_multiple, sample_rate);
}

const std::vector<MediaKind>& media_table() {
    static const std::vector<MediaKind> table = {
        {"video", "video in colour, any file that FFmpeg reads", 10, 10, video, none_beside},
        {"infrared", "infrared video: the luma of any file that FFmpeg reads", 10, 10, video,
         none_beside},
        {"depth", "depth video: 16-bit millimetres, 0 = no return, in any lossless file", 10, 10,
         video, none_beside},
        {"audio", "sound, any file that FFmpeg reads; a frame is what is transcribed at once", 0.25,
         1, audio, none_beside},
        {"lidar", "point clouds: a folder of KITTI .bin or PCD files, one for each sweep", 10, 10,
         open_lidar, files_beside_sweeps, true, true},
    };
    return table;
}

const MediaKind& find_media(const std::string& name) {
    return find_row(media_table(), name, "media kind");
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

void check_point_form(const ClipSpec& clip) {
    if (find_media(clip.kind).points) return;
    const std::pair<const char*, bool> given[] = {
        {"--point-layout", clip.points.layout.has_value()},
        {"--intensity-max", clip.points.brightest.has_value()}};
    for (const auto& [option, is_given] : given) {
        if (!is_given) continue;
        throw UsageError(option,
                         fmt::format("is of points, and clip '{}' is {}", clip.name, clip.kind),
                         "leave it out");
    }
}

std::unique_ptr<ClipReader> open_clip(const ClipSpec& clip, const ReadOptions& options) {
    check_point_form(clip);
    return find_media(clip.kind).open(clip, options);
}

std::optional<std::string> standstill_remark(const std::vector<SegmentInfo>& segments) {
    constexpr int kFew = 3;
    int equal = 0;
    for (std::size_t i = 1; i < segments.size(); ++i) {
        if (segments[i].hash == segments[i - 1].hash) ++equal;
    }
    if (equal <= kFew) return std::nullopt;
    return fmt::format(
        "{} of {} segments are copies of the one before: the recording pauses there, or nothing "
        "changes",
        equal, segments.size());
}

namespace {

/// hash_file(), from memory as long as nobody has written to the file.
Hash128 hash_unchanged(const std::filesystem::path& file) {
    using Stamp = std::array<std::int64_t, 7>;
    static std::mutex mutex;
    static std::map<std::filesystem::path, std::pair<Stamp, Hash128>> known;
    struct stat now = {};
    if (stat(file.c_str(), &now) != 0 || !S_ISREG(now.st_mode)) return hash_file(file);
    const Stamp stamp{static_cast<std::int64_t>(now.st_dev),
                      static_cast<std::int64_t>(now.st_ino),
                      now.st_size,
                      now.st_mtim.tv_sec,
                      now.st_mtim.tv_nsec,
                      now.st_ctim.tv_sec,
                      now.st_ctim.tv_nsec};
    {
        const std::lock_guard lock(mutex);
        const auto found = known.find(file);
        if (found != known.end() && found->second.first == stamp) return found->second.second;
    }
    const Hash128 hash = hash_file(file);
    const std::lock_guard lock(mutex);
    known[file] = {stamp, hash};
    return hash;
}

}  // namespace

Hash128 hash_recording(const ClipSpec& clip) {
    const Hash128 own = hash_unchanged(clip.file);
    const auto beside = find_media(clip.kind).files_beside(clip);
    if (beside.empty()) return own;
    Hasher hasher;
    hasher.add(own.hex());
    for (const std::filesystem::path& file : beside) hasher.add(hash_unchanged(file).hex());
    return hasher.finish();
}

}  // namespace oneadapt
