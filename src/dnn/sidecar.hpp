#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <opencv2/core.hpp>

#include "dnn/bev.hpp"
#include "dnn/log_mel.hpp"
#include "support/hash.hpp"
#include "support/input_file.hpp"

namespace oneadapt {

/// What a fault in a sidecar is.
inline constexpr FileRole kSidecarRole = FileRole::model;

/// The JSON file beside a TorchScript model that says what it eats and what it says.
struct Sidecar {
    std::filesystem::path file;
    std::string task;
    std::string input_kind;                ///< media kind
    std::string channels = "RGB";          ///< one of the input table's, see InputKind
    double range_low = 0, range_high = 1;  ///< what black and white become
    int size_multiple = 32;
    std::optional<cv::Size> fixed_size;
    LogMel log_mel;                      ///< sound only
    Bev bev;                             ///< point clouds only
    std::string output;                  ///< output convention, e.g. "boxes_scores"
    std::map<int, std::string> classes;  ///< classes of interest; others are ignored
    double score_threshold = 0.5;
    static constexpr float kLowestThreshold = 0.05F;
    /// Detections with a score up to this one are not kept. Most candidates of a detector are such,
    /// and none counts: 0.2, or the threshold where that is lower.
    float score_floor() const;
    double nms_iou = 0.5;
    /// What OneAdapt's loss is worth in units of accuracy, roughly: a DNN's gradients have a size
    /// of their own, so weights do not carry over from one to another.
    double loss_scale = 1e4;
    /// Early exits of an anytime DNN, its end being the last of them; 0 = it has none.
    int exits = 0;
    std::string source;

    /// Hash of everything that a stored Output depends on (not the score threshold as such, which
    /// is applied on replay).
    Hash128 output_hash() const;
};

/// The key of the first field in which models of two sidecars differ so that they cannot stand in
/// for each other: task, input, output convention or classes. Empty when they can.
std::string first_difference(const Sidecar& a, const Sidecar& b);

/// What comparing two outputs needs to know of the models that they are from. Refers to the
/// sidecar.
struct Scoring {
    const std::map<int, std::string>& classes;  ///< of interest
    double result_threshold;                    ///< score above which its detections count
    double reference_threshold;

    /// The sidecar's score threshold stands in for those that are not given.
    explicit Scoring(const Sidecar& sidecar, std::optional<double> result = {},
                     std::optional<double> reference = {})
        : classes(sidecar.classes),
          result_threshold(result.value_or(sidecar.score_threshold)),
          reference_threshold(reference.value_or(sidecar.score_threshold)) {}
};

/// Where a model's sidecar is by default: NAME.pt -> NAME.json.
std::filesystem::path sidecar_path(const std::filesystem::path& model);

/// Reads a sidecar. Throws ModelError naming file and key for malformed JSON, unknown or missing
/// keys, wrong types, and values out of range; the message lists what would be right.
Sidecar load_sidecar(const std::filesystem::path& file);

}  // namespace oneadapt
