#include "media/clip.hpp"

#include <fmt/format.h>

#include "media/lidar_reader.hpp"
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

}  // namespace

std::string ReadOptions::text() const {
    return fmt::format("fps={},segment-frames={},size={},multiple={},samples={}",
                       fps ? fmt::format("{}", *fps) : "native", segment_frames,
                       size ? fmt::format("{}x{}", size->width, size->height) : "source",
                       size_multiple, sample_rate);
}

const std::vector<MediaKind>& media_table() {
    static const std::vector<MediaKind> table = {
        {"video", "video in colour, any file that FFmpeg reads", 10, 10, video},
        {"infrared", "infrared video: the luma of any file that FFmpeg reads", 10, 10, video},
        {"depth", "depth video: 16-bit millimetres, 0 = no return, in any lossless file", 10, 10,
         video},
        {"audio", "sound, any file that FFmpeg reads; a frame is what is transcribed at once", 0.25,
         1, audio},
        {"lidar", "point clouds: a folder of KITTI .bin or PCD files, one for each sweep", 10, 10,
         open_lidar},
    };
    return table;
}

const MediaKind& find_media(const std::string& name) {
    return find_row(media_table(), name, "media kind");
}

std::unique_ptr<ClipReader> open_clip(const ClipSpec& clip, const ReadOptions& options) {
    return find_media(clip.kind).open(clip, options);
}

}  // namespace oneadapt
