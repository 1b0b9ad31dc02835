#pragma once

#include <memory>
#include <optional>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"
#include "dnn/task.hpp"
#include "media/dataset.hpp"
#include "media/segment.hpp"
#include "trace/measurements.hpp"

namespace oneadapt {

/// Scores what schemes deliver. No scheme can reach it: it alone knows the reference output.
class Referee {
  public:
    /// Scores against the DNN's own output at `reference`, or, when `labels` are given, against
    /// ground truth scaled to the analysis `size`. Throws InputError when no label class is one of
    /// the sidecar's.
    Referee(const Task& task, const Sidecar& sidecar, Configuration reference,
            std::optional<Labels> labels, cv::Size size, double start_s);

    /// Accuracy in [0,1] of a delivered output, mean over the segment's frames. Against labels,
    /// detections of ignored objects do not count (see without_ignored).
    double accuracy(Measurements& measurements, const Output& delivered) const;

    /// Bytes of the segment at the reference configuration.
    std::int64_t reference_bytes(Measurements& measurements) const;

    const Task& task() const { return *task_; }
    const Sidecar& sidecar() const { return *sidecar_; }
    const Configuration& reference() const { return reference_; }

  private:
    struct Truth {
        Output demanded;
        Output ignored;
    };

    Truth truth(const SegmentInfo& segment) const;

    const Task* task_;
    const Sidecar* sidecar_;
    Configuration reference_;
    std::optional<Labels> labels_;  ///< boxes already in analysis pixels
    double start_s_;
};

}  // namespace oneadapt
