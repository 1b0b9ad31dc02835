#pragma once

#include <opencv2/core.hpp>

#include "view.hpp"

namespace oneadapt::render {

/// Farther away than this, in metres, a depth camera sees nothing: 16 bits end at 65.535 metres.
inline constexpr float depth_range = 65;

/// What a stereo depth camera records (CV_16U): millimetres along the optical axis; 0 where there
/// is no return: the sky, what is out of range, and spots at the edges of things. Noise grows with
/// the square of the distance.
cv::Mat depth_image(const World& world, const View& view);

}  // namespace oneadapt::render
