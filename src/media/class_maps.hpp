#pragma once

#include <filesystem>
#include <functional>

#include <opencv2/core.hpp>

namespace oneadapt {

/// Takes a class map (CV_8U, the class of each pixel; valid during the call) and its time in
/// seconds from the recording's first.
using ClassMapVisitor = std::function<void(const cv::Mat& classes, double seconds)>;

/// Reads a recording of class maps, 8-bit grey without loss, one map after the other. Returns the
/// second in which the last one ends. Throws InputError.
double each_class_map(const std::filesystem::path& file, const ClassMapVisitor& visit);

/// The same, in the module with libav.
double decode_class_maps(const std::filesystem::path& file, const ClassMapVisitor& visit);

}  // namespace oneadapt
