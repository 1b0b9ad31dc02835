#pragma once

#include <cstdint>
#include <opencv2/core.hpp>

#include "view.hpp"

namespace oneadapt::render {

/// The values of a class map.
enum class PixelClass : std::uint8_t {
    other = 0,  ///< lamp posts, signs, bins, benches
    road = 1,   ///< all that is paved: tarmac, kerb and pavement
    vehicle = 2,
    person = 3,
    building = 4,
    vegetation = 5,  ///< trees and lawn
    sky = 6,
};

/// What each pixel truly shows (CV_8U, a PixelClass), without any noise.
cv::Mat class_image(const World& world, const View& view);

}  // namespace oneadapt::render
