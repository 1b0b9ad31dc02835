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
    SimSeconds duration;  ///< frames / analysis rate
    Hash128 hash;         ///< content hash of the frames

    friend bool operator==(const SegmentInfo&, const SegmentInfo&) = default;
};

/// A fixed slice of a clip: the unit of decision.
///
/// Video: every frame is an I420 image (CV_8UC1, `height*3/2` rows, `width` columns) at the
/// analysis size, BT.601 limited range.
struct Segment {
    SegmentInfo info;
    cv::Size size;   ///< analysis size in pixels (both even)
    double fps = 0;  ///< analysis rate
    std::vector<cv::Mat> frames;
};

}  // namespace oneadapt
