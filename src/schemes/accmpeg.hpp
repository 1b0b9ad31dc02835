#pragma once

#include <opencv2/core.hpp>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// AccMPEG: the camera itself says which macroblocks matter, by a cheap network.
SchemeKind accmpeg();

/// The tiles (CV_8U, 255 or 0) of a map that lie above `bound`, grown by a square of `grow` tiles
/// (1 = none) and, where asked for, cleaned of single tiles and of single holes: opened and closed
/// by a square of three.
cv::Mat important_tiles(const cv::Mat& map, double bound, int grow, bool clean);

}  // namespace oneadapt
