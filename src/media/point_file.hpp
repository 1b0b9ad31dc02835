#pragma once

#include <filesystem>

#include <opencv2/core.hpp>

namespace oneadapt {

/// The points of one sweep, read from a file of KITTI (`.bin`: 32-bit floats x, y, z, intensity) or
/// of the Point Cloud Library (`.pcd`). CV_32F, N x 4: metres from the sensor (x forward, y to the
/// left, z up), and intensity in [0,1]. N may be 0: a sensor may see nothing.
///
/// Points that are not finite are missing returns and left out. An intensity that is not finite is
/// 0. Sensors give intensities up to 1 or up to 255: where a sweep has one above 1, all of its
/// intensities are divided by 255. Throws InputError with the offset or the line of the fault.
cv::Mat read_points(const std::filesystem::path& file);

}  // namespace oneadapt
