#pragma once

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// A picture of a DNN's input space (see InputSpace) for people: CV_8UC3, BGR, at least 640 pixels
/// wide. Sound has its low frequencies at the bottom.
cv::Mat shown(const cv::Mat& picture, const Sidecar& sidecar);

/// Draws what the model says over its shown() picture of `size` in the input space: boxes with
/// class and score, class colours with their names, or words. Boxes below the sidecar's threshold
/// are left out.
void draw_output(cv::Mat& canvas, cv::Size size, const FrameOutput& output, const Sidecar& sidecar);

/// Colours the regions of a frame by their value of a knob over its shown() picture; `values` as in
/// Configuration::values().
void draw_regions(cv::Mat& canvas, cv::Size size, const std::string& knob,
                  const std::vector<double>& values, const RegionGrid& regions,
                  const Sidecar& sidecar);

/// A tile map (CV_32F) as heat over a shown() picture, brightest at the map's largest value.
cv::Mat heat_over(const cv::Mat& canvas, const cv::Mat& tiles, cv::Size size,
                  const Sidecar& sidecar);

}  // namespace oneadapt
