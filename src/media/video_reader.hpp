#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "media/frame_reader.hpp"
#include "media/libav.hpp"
#include "media/picture_scaler.hpp"
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
    void advance();
    void check_pause() const;
    double end() const;
    std::int64_t slot_at(std::int64_t ticks) const;
    std::optional<cv::Mat> next_frame() override;
    std::optional<Shown> shown() const override;
    [[noreturn]] void no_frames() const;

    std::unique_ptr<StreamDecoder> decoder_;
    AVRational clock_{};  ///< unit of the pts of recorded frames
    std::optional<PictureScaler> scaler_;
    AVFrame* pending_ = nullptr;  ///< first frame of the clip, read while seeking
    /// The recorded frame that is shown now, and the one after it. A frame's slot is the first
    /// analysed frame that may show it; the last frame is followed by the slot of the clip's end.
    libav::FramePtr shown_ = libav::make_frame();
    libav::FramePtr ahead_ = libav::make_frame();
    std::int64_t ahead_slot_ = 0;
    Shown times_;                ///< of `shown_`
    bool ended_ = false;         ///< nothing is read ahead any more
    std::int64_t recorded_ = 0;  ///< frames read
    std::int64_t slot_ = 0;      ///< of the next analysed frame
    cv::Mat picture_;            ///< `shown_` as analysed, once it was asked for
};

std::unique_ptr<ClipReader> open_video(const ClipSpec& clip, const ReadOptions& options);

}  // namespace oneadapt
