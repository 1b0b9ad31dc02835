#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// How near each tile of a depth picture is beside the others: 1 the nearest, 0 the farthest, by
/// rank; those of one depth share a rank. `depth` is CV_32F, larger = farther; row after row.
std::vector<double> nearness(const cv::Mat& depth);

SchemeKind depth_regions();

}  // namespace oneadapt
