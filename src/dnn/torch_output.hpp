#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/ivalue.h>

#include "dnn/detect.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// A detector's answer for one frame: a differentiable score tensor, and what is needed to choose
/// its elements.
class FrameAnswer {
  public:
    /// boxes [N,4]; scores [N,C] or, with labels [N], [N].
    FrameAnswer(const at::Tensor& boxes, const at::Tensor& scores, const at::Tensor& labels);

    /// The elements after non-maximum suppression with score > `floor`, best first. Throws
    /// ModelError, see candidates().
    std::vector<Candidate> detections(const Sidecar& sidecar, double floor,
                                      const std::string& where) const;

    /// The scores as the DNN gave them, flat: Candidate::element indexes them.
    const at::Tensor& scores() const { return scores_; }

  private:
    at::Tensor boxes_;   ///< in main memory
    at::Tensor scores_;  ///< flat, on the DNN's device, with its graph
    at::Tensor labels_;  ///< in main memory, may be undefined
    std::int64_t rows_ = 0;
    std::int64_t columns_ = 0;
};

/// An output convention: how frames go into the DNN and answers come out.
struct OutputConvention {
    std::string name;
    bool takes_list;     ///< a list of [3,H,W], else one [B,3,H,W]
    std::string wanted;  ///< what forward() must return, for messages
    /// The answers of `frames` frames; nothing when the value does not follow the convention.
    std::vector<FrameAnswer> (*read)(const c10::IValue& value, std::int64_t frames);
};

/// The row of that name, which a loaded sidecar has checked.
const OutputConvention& find_convention(const std::string& name);

/// The type and shape of what a DNN returned, e.g. "(Tensor[1,7200,4], Tensor[1,7200,80])".
std::string describe(const c10::IValue& value);

}  // namespace oneadapt
