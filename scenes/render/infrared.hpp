#pragma once

#include <opencv2/core.hpp>

#include "view.hpp"

namespace oneadapt::render {

/// What a thermal camera records (CV_8U): 0 is 0 degrees Celsius or less, 255 is 40 or more. What
/// shines in it is the warmth of things, so that sunlight and shadows change nothing and rain
/// changes little. Lens blur, the sensor's noise and its fixed pattern are included.
cv::Mat infrared_image(const World& world, const View& view);

}  // namespace oneadapt::render
