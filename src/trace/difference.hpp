#pragma once

#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// I420 pictures as the 8-bit RGB that a DNN eats.
std::vector<cv::Mat> to_rgb(const std::vector<cv::Mat>& i420);

/// |decoded - source| in [0,1], summed over channels, mean per tile (edge tiles over the pixels
/// there are), mean over all frames of the source, a dropped frame showing the last kept one.
/// Summed in integers, so the same everywhere. CV_32F, ceil(height/16) x ceil(width/16).
///
/// `decoded` holds the I420 pictures of the frames `kept` (ascending, the first is 0) of
/// `source_rgb`.
cv::Mat difference_map(const std::vector<cv::Mat>& source_rgb, const std::vector<cv::Mat>& decoded,
                       const std::vector<int>& kept);

}  // namespace oneadapt
