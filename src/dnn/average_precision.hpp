#pragma once

#include <cstdint>
#include <map>
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

/// What became of the detections of some frames at an IoU of 0.5: all that their AP50 takes,
/// whatever other frames it is pooled with.
struct JudgedFrames {
    struct Said {
        float score = 0;
        bool found = false;  ///< a demanded object, else nothing
    };
    /// By class; ignored objects are in neither.
    std::map<std::int32_t, std::vector<Said>> said;
    std::map<std::int32_t, std::size_t> demanded;
};

JudgedFrames judged(std::span<const ScoredFrame> frames);

/// AP50 of several lots of frames together, each counted as often as one likes.
class PooledPrecision {
  public:
    explicit PooledPrecision(std::span<const JudgedFrames* const> lots);

    /// COCO's AP50 in [0,1] where lot i is there `times[i]` times; absent where no object is
    /// demanded.
    std::optional<double> ap50(std::span<const double> times) const;

  private:
    struct Said {
        float score;
        std::uint32_t lot;
        bool found;
    };
    struct OfClass {
        std::vector<Said> said = {};                                  ///< best first
        std::vector<std::pair<std::uint32_t, double>> demanded = {};  ///< lot and number
    };
    std::map<std::int32_t, OfClass> classes_;
};

}  // namespace oneadapt
