#pragma once

#include <filesystem>
#include <string>

#include <opencv2/core.hpp>

namespace oneadapt {

/// The points of a PCD file (Point Cloud Library, version .7) of which `bytes` are the contents:
/// CV_32F, N x 4, as recorded (not finite where there was no return). Takes all three kinds of
/// data, numbers of any type, and fields in any order; others than x, y, z and intensity (or
/// Intensity, or i) are skipped, and without intensity it is 0. At most 2^24 points of 1 GiB. The
/// viewpoint is not applied: points stay in the sensor's axes. Throws InputError, naming `file` and
/// the line or offset of the fault.
cv::Mat parse_pcd(const std::string& bytes, const std::filesystem::path& file);

}  // namespace oneadapt
