#pragma once

#include <opencv2/core.hpp>

#include "view.hpp"

namespace oneadapt::render {

/// Lights and colours a view: linear light (CV_32FC3, B G R) for each pixel.
cv::Mat shade(const World& world, const View& view);

}  // namespace oneadapt::render
