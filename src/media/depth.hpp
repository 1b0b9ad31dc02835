#pragma once

#include <cstdint>

#include <opencv2/core.hpp>

namespace oneadapt {

/// Depths, in millimetres, that become black and white. 16 bits end at 65,535; what lies between
/// that and white keeps "no return" apart from the farthest depth.
constexpr double kNearestDepth = 500;
constexpr double kFarthestDepth = 120'000;

/// The luma (16 to 235) that a depth in millimetres is coded as before an 8-bit video codec: equal
/// steps for equal ratios, 2.5 % each, from black to white. Quantisation noise so stays in
/// proportion to the depth, as a depth camera's own does. 0, no return, is white.
std::uint8_t depth_luma(std::uint16_t millimetres);

/// A depth picture (CV_16UC1, millimetres) as an I420 frame (see Segment) with grey chroma.
cv::Mat depth_frame(const cv::Mat& millimetres);

}  // namespace oneadapt
