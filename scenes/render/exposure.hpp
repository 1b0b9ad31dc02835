#pragma once

#include <opencv2/core.hpp>

#include "world.hpp"

namespace oneadapt::render {

/// Turns linear light (CV_32FC3) into what a colour camera records (CV_8UC3, BGR): glare, rain
/// drops, lens blur, exposure, and noise drawn from `noise_seed`. `colour` is used as working
/// space.
cv::Mat expose(cv::Mat& colour, const Conditions& conditions, std::uint32_t noise_seed);

}  // namespace oneadapt::render
