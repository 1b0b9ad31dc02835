#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/ivalue.h>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// A DNN's answer for one frame, with its graph. Both methods throw ModelError for scores that are
/// not finite and whatever else breaks the convention.
class FrameAnswer {
  public:
    virtual ~FrameAnswer() = default;

    virtual FrameOutput output() const = 0;

    /// See Model::propose(); `picture` is the size of the DNN's input.
    virtual FrameProposals proposals(double /*floor*/, cv::Size /*picture*/) const { return {}; }

    /// The scores in [0,1] of the output's elements (boxes, words, pixels), those above `floor`:
    /// what the utility sums over. Shape [K], differentiable, on the DNN's device.
    virtual at::Tensor scores(double floor) const = 0;
};

using FrameAnswers = std::vector<std::unique_ptr<const FrameAnswer>>;

/// Whose answers are read.
struct Speaker {
    const Sidecar& sidecar;  ///< outlives the answers
    std::string where;       ///< names the model in errors
};

/// An output convention: how frames go into the DNN and answers come out.
struct OutputConvention {
    std::string name;
    bool takes_list;     ///< a list of [C,H,W], else one [B,C,H,W]
    std::string wanted;  ///< what forward() must return, for messages
    /// The answers of `frames` frames; nothing when the value does not follow the convention.
    FrameAnswers (*read)(const c10::IValue& value, std::int64_t frames, const Speaker& speaker);
};

OutputConvention boxes_scores_convention();
OutputConvention torchvision_convention();
OutputConvention class_scores_convention();
OutputConvention ctc_convention();

/// The row of that name, which a loaded sidecar has checked.
const OutputConvention& find_convention(const std::string& name);

/// The type and shape of what a DNN returned, e.g. "(Tensor[1,7200,4], Tensor[1,7200,80])".
std::string describe(const c10::IValue& value);

/// Whether a tensor has that shape, -1 standing for any length.
bool has_shape(const at::Tensor& tensor, std::initializer_list<std::int64_t> shape);

/// Mean of a map [1,H,W] over each tile; edge tiles over the pixels that they have.
cv::Mat tile_means(const at::Tensor& map);

/// A copy in main memory, without graph.
at::Tensor in_memory(const at::Tensor& tensor, at::ScalarType type);

/// The member of a dictionary, or an undefined tensor.
at::Tensor dict_entry(const c10::IValue& dict, const char* key);

}  // namespace oneadapt
