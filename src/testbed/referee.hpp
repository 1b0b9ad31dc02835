#pragma once

#include <memory>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"
#include "dnn/task.hpp"
#include "measure/lab.hpp"
#include "testbed/ground_truth.hpp"

namespace oneadapt {

/// Scores what schemes deliver. No scheme can reach it: it alone knows the reference output.
class Referee {
  public:
    /// Scores against the DNN's own output at `reference`, or, when given, against the truth.
    Referee(const Task& task, const Sidecar& sidecar, Configuration reference,
            std::unique_ptr<GroundTruth> truth);

    /// Accuracy in [0,1] of a delivered output, mean over the segment's frames.
    double accuracy(Lab& lab, const Output& delivered) const;

    /// Bytes of the segment at the reference configuration.
    std::int64_t reference_bytes(Lab& lab) const;
    /// Frames of the segment that the DNN sees at the reference configuration.
    std::size_t reference_frames(Lab& lab) const;

    const Task& task() const { return *task_; }
    const Sidecar& sidecar() const { return *sidecar_; }
    const Configuration& reference() const { return reference_; }

  private:
    const Task* task_;
    const Sidecar* sidecar_;
    Configuration reference_;
    std::unique_ptr<GroundTruth> truth_;
};

}  // namespace oneadapt
