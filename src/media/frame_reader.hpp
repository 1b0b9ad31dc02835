#pragma once

#include <optional>

#include <opencv2/core.hpp>

#include "media/clip.hpp"

namespace oneadapt {

/// Seconds without sound or sweep that are filled, with silence or the last sweep. More than that
/// is no hole in a recording but another one, or times gone wrong.
inline constexpr double kLongestHole = 60;

/// Base of readers that yield a clip frame by frame: cuts what they yield into segments.
class FrameReader : public ClipReader {
  public:
    /// Throws UsageError for rates, lengths, starts and durations that are not sensible.
    FrameReader(const ClipSpec& clip, const ReadOptions& options);

    const ClipInfo& info() const final { return info_; }
    std::optional<Segment> next() final;

  protected:
    /// The next frame (see Segment), or nothing at the clip's end.
    virtual std::optional<cv::Mat> next_frame() = 0;

    /// Sets ClipInfo::segments and seconds from the seconds that the container promises in all.
    /// A last frame that is not whole is `filled_up`, or rounded.
    void expect(double seconds, bool filled_up = false);

    ClipSpec clip_;
    ReadOptions options_;
    ClipInfo info_;  ///< size and rate are for the derived class to fill in

  private:
    int segments_given_ = 0;
};

}  // namespace oneadapt
