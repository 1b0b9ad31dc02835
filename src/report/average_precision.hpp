#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dnn/output.hpp"

namespace oneadapt {

/// A picture as COCO's evaluation sees it.
struct ScoredFrame {
    std::vector<Detection> said;
    std::vector<Detection> right;    ///< what is demanded
    std::vector<Detection> ignored;  ///< what may be found as often as one likes (COCO's crowds)
};

/// COCO's average precision in [0,1], as pycocotools works it out: of all frames together, 101
/// recalls, at most 100 detections of a class in a frame, the mean over the classes that are
/// demanded anywhere. Absent where none is.
struct AveragePrecision {
    std::optional<double> ap;    ///< mean over IoUs of 0.5, 0.55, ... 0.95
    std::optional<double> ap50;  ///< at an IoU of 0.5
};

AveragePrecision average_precision(std::span<const ScoredFrame> frames);

}  // namespace oneadapt
