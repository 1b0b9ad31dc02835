#pragma once

#include <memory>
#include <optional>

#include "media/frame_reader.hpp"
#include "media/libav.hpp"
#include "media/stream_decoder.hpp"

namespace oneadapt {

/// The media kinds `video`, `infrared` and `depth`: any file that FFmpeg reads, resampled to the
/// analysis rate, scaled to the analysis size and cut into segments. Depth is never interpolated.
class VideoReader final : public FrameReader {
  public:
    VideoReader(const ClipSpec& clip, const ReadOptions& options);

  private:
    void open();
    void go_to_start();
    AVFrame* next_recorded();
    bool depth() const { return clip_.kind == "depth"; }
    void check_depth(const AVFrame& first) const;
    cv::Mat image_from(const AVFrame& frame) const;
    void build_graph(const AVFrame& first);
    void feed_graph();
    std::optional<cv::Mat> next_frame() override;
    [[noreturn]] void no_frames() const;

    std::unique_ptr<StreamDecoder> decoder_;
    libav::GraphPtr graph_;
    AVFilterContext* source_ = nullptr;
    AVFilterContext* sink_ = nullptr;
    libav::FramePtr filtered_ = libav::make_frame();
    AVFrame* pending_ = nullptr;  ///< first frame of the clip, read while seeking
};

std::unique_ptr<ClipReader> open_video(const ClipSpec& clip, const ReadOptions& options);

}  // namespace oneadapt
