#pragma once

#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "measure/recipe.hpp"
#include "media/segment.hpp"

namespace oneadapt {

/// What a plan offers to the encoder: a segment of its frames, blank outside its regions. Throws
/// std::logic_error when the frames are not numbers of the segment's in ascending order, or the
/// regions not those of its frames.
Segment offered(const Segment& segment, const EncodePlan& plan, const InputSpace& input);

/// The place of each frame among those that a plan offers.
std::vector<int> places(const std::vector<int>& frames, const EncodePlan& plan);

/// Pictures that the DNN sees, and the numbers of their frames, ascending.
struct Sight {
    std::vector<int> frames;
    std::vector<cv::Mat> pictures;
};

/// What is seen when `over` is pasted over `under`: in each frame of `over`, its tiles of the
/// regions `only` (all of them when absent). A frame that `under` lacks starts from the one last
/// seen, or from `blank`. `of_tile` is RegionGrid's; without regions neither is needed. Throws
/// std::logic_error for regions of frames that have none.
Sight pasted(const Sight& under, const Sight& over, const std::optional<RegionMask>& only,
             const cv::Mat& of_tile, const cv::Mat& blank);

}  // namespace oneadapt
