#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "raster.hpp"
#include "world.hpp"

namespace oneadapt::render {

/// What one camera sees of the world at one moment, pixel by pixel.
struct Picture {
    cv::Mat colour;    ///< CV_32FC3, linear light, B G R
    cv::Mat depth;     ///< CV_32F, metres along the optical axis; 0 for the sky
    cv::Mat object;    ///< CV_8U, an ObjectClass
    cv::Mat instance;  ///< CV_32S, an Actor's id or 0
};

/// Lights and colours what `visible` says the camera sees of `mesh`.
Picture shade(const World& world, float seconds, const Camera& camera,
              const std::vector<Actor>& actors, const Mesh& mesh, const Visibility& visible);

}  // namespace oneadapt::render
