#pragma once

#include <optional>
#include <vector>

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

    /// When a frame was recorded and when the next was, in seconds from the clip's start.
    struct Shown {
        double from = 0;
        double to = 0;
    };
    /// That of the frame which next_frame() gave last, where the recording decides it; nothing
    /// where frames follow each other at the analysis rate.
    virtual std::optional<Shown> shown() const { return std::nullopt; }

    /// The analysis rate: as asked for, or as recorded. Throws InputError for a recorded one that
    /// is out of bounds.
    double analysis_rate(double recorded) const;

    /// Sets ClipInfo::segments and seconds from the seconds that the container promises in all.
    /// A last frame that is not whole is `filled_up`, or rounded.
    void expect(double seconds, bool filled_up = false);

    ClipSpec clip_;
    ReadOptions options_;
    ClipInfo info_;  ///< size and rate are for the derived class to fill in

  private:
    void keep_times(const std::vector<Shown>& shown, SegmentInfo& info);

    int segments_given_ = 0;
    double first_s_ = 0;  ///< second of the first frame
};

}  // namespace oneadapt
