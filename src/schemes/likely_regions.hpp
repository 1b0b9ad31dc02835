#pragma once

#include <vector>

#include "dnn/input.hpp"
#include "dnn/output.hpp"
#include "measure/recipe.hpp"

namespace oneadapt {

/// Where the objects of an output will be in the next `frames` frames: those of its last frame with
/// a score above `threshold`, moved on by what they moved over its last frames (at most five), in
/// the next frame, half way, and in the last one. An object is followed backwards by the box that
/// overlaps it most, by at least 0.3 of their union.
std::vector<Detection> moved_on(const Output& output, double threshold, int frames);

/// The tiles' regions that together hold that share of a map, largest first, and those beside them.
RegionMask heaviest_regions(const cv::Mat& tiles, double share, const RegionGrid& regions);

}  // namespace oneadapt
