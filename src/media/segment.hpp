#pragma once

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "support/hash.hpp"
#include "support/units.hpp"

namespace oneadapt {

/// What is known of a segment without its frames: enough to replay from a trace.
struct SegmentInfo {
    int index = 0;        ///< place in the clip, from 0
    int frames = 0;       ///< number of frames; the last segment of a clip may have fewer
    SimSeconds start;     ///< capture time of the first frame, from the clip's start
    SimSeconds duration;  ///< how long its frames last
    /// Seconds from `start` to each frame, where they do not follow each other at the analysis
    /// rate; else empty.
    std::vector<double> times = {};
    Hash128 hash;  ///< content hash of the frames, and of their times

    /// Seconds from `start` to that frame, or with `frames` to the segment's end.
    double seconds_to(int frame) const {
        if (frame == frames) return duration.value;
        return times.empty() ? frame * (duration.value / frames)
                             : times.at(static_cast<std::size_t>(frame));
    }

    friend bool operator==(const SegmentInfo&, const SegmentInfo&) = default;
};

/// A fixed slice of a clip: the unit of decision.
///
/// Video: every frame is an I420 image (CV_8UC1, `height*3/2` rows, `width` columns) at the
/// analysis size in pixels (both even), BT.601 limited range.
///
/// Sound: every frame is a stretch of samples (CV_32F, one row, in [-1,1], one channel) at the
/// analysis size of `sample rate / fps` x 1.
///
/// Point clouds: every frame is a sweep (see read_points()) of as many points as it may have; the
/// analysis size is the number of points in the first one x 1.
struct Segment {
    SegmentInfo info;
    cv::Size size;   ///< analysis size of a frame
    double fps = 0;  ///< analysis rate
    std::vector<cv::Mat> frames;
};

}  // namespace oneadapt
