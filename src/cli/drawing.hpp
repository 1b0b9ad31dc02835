#pragma once

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// Colours the regions of a frame by their value of a knob over its shown() picture; `values` as in
/// Configuration::values().
void draw_regions(cv::Mat& canvas, cv::Size size, const std::string& knob,
                  const std::vector<double>& values, const RegionGrid& regions,
                  const Sidecar& sidecar);

/// A tile map (CV_32F) as heat over a shown() picture, brightest at the map's largest value.
cv::Mat heat_over(const cv::Mat& canvas, const cv::Mat& tiles, cv::Size size,
                  const Sidecar& sidecar);

}  // namespace oneadapt
