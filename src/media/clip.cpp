#include "media/clip.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "media/audio_reader.hpp"
#include "media/lidar_reader.hpp"
#include "media/video_reader.hpp"
#include "support/errors.hpp"

namespace oneadapt {

namespace {

/// Raised whenever the same options come to read something else of a recording, so that a trace
/// does not play what was read otherwise.
constexpr int kReading = 2;

}  // namespace

std::string ReadOptions::text() const {
    return fmt::format("reading={},fps={},segment-frames={},size={},multiple={},samples={}",
                       kReading, fps ? fmt::format("{}", *fps) : "native", segment_frames,
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
         open_lidar},
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

std::unique_ptr<ClipReader> open_clip(const ClipSpec& clip, const ReadOptions& options) {
    return find_media(clip.kind).open(clip, options);
}

}  // namespace oneadapt
