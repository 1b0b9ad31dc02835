#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/sidecar.hpp"

namespace oneadapt {

/// What a trial of a model found, for people.
struct ModelCheck {
    std::vector<std::string> lines;
    bool ok = false;
};

/// Tries a model on one frame (I420 at a size that the sidecar allows; null: a drawn one): output,
/// detections, utility, gradient, repeatability, GFLOP and times. What is wrong with the model is
/// in the last line, nothing is thrown for it; an unknown device throws UsageError.
ModelCheck check_model(const std::filesystem::path& model, const Sidecar& sidecar,
                       const std::string& device, const cv::Mat* frame);

}  // namespace oneadapt
