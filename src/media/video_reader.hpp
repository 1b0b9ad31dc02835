#pragma once

#include <memory>
#include <optional>

#include "media/clip.hpp"
#include "media/libav.hpp"
#include "media/video_decoder.hpp"

namespace oneadapt {

/// The media kind `video`: any file that FFmpeg reads, resampled to the analysis rate, scaled to
/// the analysis size and cut into segments.
class VideoReader final : public ClipReader {
  public:
    VideoReader(const ClipSpec& clip, const ReadOptions& options);

    const ClipInfo& info() const override { return info_; }
    std::optional<Segment> next() override;

  private:
    void open();
    void go_to_start();
    AVFrame* next_recorded();
    void build_graph(const AVFrame& first);
    void feed_graph();
    std::optional<cv::Mat> next_frame();
    [[noreturn]] void no_frames() const;

    ClipSpec clip_;
    ReadOptions options_;
    std::unique_ptr<VideoDecoder> decoder_;
    ClipInfo info_;
    libav::GraphPtr graph_;
    AVFilterContext* source_ = nullptr;
    AVFilterContext* sink_ = nullptr;
    libav::FramePtr filtered_ = libav::make_frame();
    AVFrame* pending_ = nullptr;  ///< first frame of the clip, read while seeking
    int segments_given_ = 0;
};

std::unique_ptr<ClipReader> open_video(const ClipSpec& clip, const ReadOptions& options);

}  // namespace oneadapt
