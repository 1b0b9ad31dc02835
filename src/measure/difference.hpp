#pragma once

#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// |decoded - source|, both as the DNN sees them (pictures_of()), 8-bit pictures in [0,1], summed
/// over channels, mean per tile (edge tiles over the pixels there are), mean over all frames of the
/// source, a dropped frame showing the last kept one. 8-bit pictures are summed in integers, so the
/// same everywhere. CV_32F, ceil(height/16) x ceil(width/16).
///
/// `decoded` holds those of the frames `kept` (ascending, the first is 0).
cv::Mat difference_map(const std::vector<cv::Mat>& source, const std::vector<cv::Mat>& decoded,
                       const std::vector<int>& kept);

}  // namespace oneadapt
