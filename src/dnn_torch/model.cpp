#include "dnn_torch/model.hpp"

#include <algorithm>
#include <span>

// clang cannot read ATen.h as C++20 unless this came before it
#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include "dnn/input.hpp"
#include "dnn_torch/device.hpp"
#include "dnn_torch/flops.hpp"
#include "dnn_torch/module.hpp"
#include "dnn_torch/output.hpp"
#include "dnn_torch/pictures.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// Whether two values of one DNN hold the same numbers.
bool same(const c10::IValue& a, const c10::IValue& b) {
    if (a.isTensor()) return b.isTensor() && a.toTensor().equal(b.toTensor());
    if (a.isTuple()) {
        return b.isTuple() &&
               std::ranges::equal(a.toTupleRef().elements(), b.toTupleRef().elements(), same);
    }
    if (a.isList()) {
        return b.isList() && std::ranges::equal(a.toListRef(), b.toListRef(), same);
    }
    if (a.isGenericDict() && b.isGenericDict()) {
        const auto mine = a.toGenericDict();
        const auto other = b.toGenericDict();
        return mine.size() == other.size() &&
               std::all_of(mine.begin(), mine.end(), [&](const auto& item) {
                   const auto found = other.find(item.key());
                   return found != other.end() && same(item.value(), found->value());
               });
    }
    return a == b;
}

class TorchModel final : public Model {
  public:
    TorchModel(const std::filesystem::path& file, const Sidecar& sidecar, c10::Device device)
        : where_(file.string()),
          sidecar_(sidecar),
          space_(input_space(sidecar_)),
          convention_(find_convention(sidecar.output)),
          device_(device),
          module_(file, device, convention_.takes_list, sidecar.exits) {}

    const Sidecar& sidecar() const override { return sidecar_; }

    std::vector<FrameOutput> infer(const std::vector<cv::Mat>& pictures, int exit) const override;
    std::vector<FrameProposals> propose(const std::vector<cv::Mat>& pictures, double floor,
                                        int exit) const override;
    Gradient gradient(const cv::Mat& picture, double floor, int exit) const override;
    double gflop(cv::Size size, int exit) const override;
    std::string raw_output(const cv::Mat& picture, int exit) const override;
    std::string exit_fault(const cv::Mat& picture) const override;

  private:
    at::Tensor to_input(std::span<const cv::Mat> pictures) const {
        return oneadapt::to_input(pictures, sidecar_, device_, where_);
    }
    std::vector<at::Tensor> arguments(const at::Tensor& batch) const;
    c10::IValue forward(const at::Tensor& batch, int exit) const;
    c10::IValue whole(const at::Tensor& batch) const;
    std::vector<c10::IValue> stages(const at::Tensor& batch, int last) const;
    FrameAnswers read(const c10::IValue& value, std::int64_t frames) const;
    template <class Tell>
    void answer(const std::vector<cv::Mat>& pictures, int exit, const Tell& tell) const;
    at::Tensor backward(const at::Tensor& utility, const at::Tensor& input) const;
    template <class Work>
    auto guarded(const char* what, const Work& work) const {
        return oneadapt::guarded(where_, sidecar_, what, work);
    }

    std::string where_;
    Sidecar sidecar_;
    InputSpace space_;
    const OutputConvention& convention_;
    c10::Device device_;
    TorchModule module_;
};

/// What the DNN is handed: copies, since a model may change its input in place, which autograd
/// allows for no leaf and no slice.
std::vector<at::Tensor> TorchModel::arguments(const at::Tensor& batch) const {
    if (!convention_.takes_list) return {batch.clone()};
    std::vector<at::Tensor> pictures = batch.unbind(0);
    for (at::Tensor& picture : pictures) picture = picture.clone();
    return pictures;
}

c10::IValue TorchModel::whole(const at::Tensor& batch) const {
    return guarded("forward()", [&] {
        const std::vector<at::Tensor> given = arguments(batch);
        if (!convention_.takes_list) return module_.forward(given.front());
        return module_.forward(c10::List<at::Tensor>(given));
    });
}

/// The outputs of the exits up to `last`.
std::vector<c10::IValue> TorchModel::stages(const at::Tensor& batch, int last) const {
    return guarded("stage()", [&] {
        std::vector<c10::IValue> outputs;
        c10::List<at::Tensor> state(arguments(batch));
        for (int k = 1; k <= last; ++k) {
            const auto done = module_.stage(k, state);
            state = done.first;
            outputs.push_back(done.second);
        }
        return outputs;
    });
}

c10::IValue TorchModel::forward(const at::Tensor& batch, int exit) const {
    if (sidecar_.exits == 0) return whole(batch);
    return stages(batch, exit > 0 ? exit : sidecar_.exits).back();
}

FrameAnswers TorchModel::read(const c10::IValue& value, std::int64_t frames) const {
    auto answers = guarded("reading the output", [&] {
        return convention_.read(value, frames, {sidecar_, where_});
    });
    if (!answers.empty()) return answers;
    throw ModelError(where_, fmt::format("forward() returned {}", describe(value)),
                     fmt::format("'{}' in {} wants {}, B being {} here", convention_.name,
                                 sidecar_.file.string(), convention_.wanted, frames));
}

/// Tells the answer for each picture.
template <class Tell>
void TorchModel::answer(const std::vector<cv::Mat>& pictures, int exit, const Tell& tell) const {
    use_one_thread();
    const at::NoGradGuard no_grad;
    // One picture at a time stays in a CPU's cache; a GPU wants them all.
    const std::size_t batch = device_.is_cpu() ? 1 : pictures.size();
    for (std::size_t first = 0; first < pictures.size(); first += batch) {
        check_interrupt();
        const auto input = to_input(std::span(pictures).subspan(first, batch));
        for (const auto& said : read(forward(input, exit), input.size(0))) tell(*said);
    }
}

std::vector<FrameOutput> TorchModel::infer(const std::vector<cv::Mat>& pictures, int exit) const {
    std::vector<FrameOutput> outputs;
    answer(pictures, exit, [&](const FrameAnswer& said) { outputs.push_back(said.output()); });
    return outputs;
}

std::vector<FrameProposals> TorchModel::propose(const std::vector<cv::Mat>& pictures, double floor,
                                                int exit) const {
    std::vector<FrameProposals> proposals;
    answer(pictures, exit, [&](const FrameAnswer& said) {
        proposals.push_back(said.proposals(floor, pictures.front().size()));
    });
    return proposals;
}

at::Tensor TorchModel::backward(const at::Tensor& utility, const at::Tensor& input) const {
    const char* const remedy =
        "export it with gradients: not under no_grad, without detach() before the scores";
    if (!utility.requires_grad())
        throw ModelError(where_, "yields scores without gradient", remedy);
    at::Tensor gradient = guarded("backpropagation", [&] {
        return torch::autograd::grad({utility}, {input}, {}, {}, false, true)[0];
    });
    if (!gradient.defined()) {
        throw ModelError(where_, "yields scores that do not depend on its input", remedy);
    }
    return gradient;
}

Gradient TorchModel::gradient(const cv::Mat& picture, double floor, int exit) const {
    use_one_thread();
    check_interrupt();
    const at::AutoGradMode with_grad(true);
    const at::Tensor input = to_input(std::span(&picture, 1)).requires_grad_(true);
    const auto answers = read(forward(input, exit), 1);
    const at::Tensor chosen = answers.front()->scores(floor);
    const at::Tensor map = at::zeros({1, input.size(2), input.size(3)}, at::kFloat);
    if (chosen.numel() == 0) return {.utility = 0.0, .saliency = tile_means(map)};
    const at::Tensor utility =
        chosen.to(at::kDouble).sub(sidecar_.score_threshold).mul(kUtilitySlope).sigmoid().sum();
    // Per unit of a pixel in [0,1], as the difference maps are, whatever range the DNN takes.
    const at::Tensor saliency =
        backward(utility, input).abs().sum(1).mul(sidecar_.range_high - sidecar_.range_low);
    if (!saliency.isfinite().all().item<bool>()) {
        throw ModelError(where_, "yields a gradient that is not finite",
                         "check the model for square roots and logarithms of 0");
    }
    return {.utility = utility.item<double>(), .saliency = tile_means(saliency)};
}

double TorchModel::gflop(cv::Size size, int exit) const {
    use_one_thread();
    // Only in the module as it was written do the operators that count have the names known.
    const at::AutoGradMode as_written(true);
    const cv::Mat black = space_.picture(space_.blank(size));
    const at::Tensor input = to_input(std::span(&black, 1));
    return count_gflop([&] { forward(input, exit); });
}

std::string TorchModel::raw_output(const cv::Mat& picture, int exit) const {
    use_one_thread();
    const at::NoGradGuard no_grad;
    return describe(forward(to_input(std::span(&picture, 1)), exit));
}

std::string TorchModel::exit_fault(const cv::Mat& picture) const {
    use_one_thread();
    // As it was written: freezing may leave other last digits in a method than in another.
    const at::AutoGradMode as_written(true);
    const at::Tensor input = to_input(std::span(&picture, 1));
    c10::List<at::Tensor> state(arguments(input));
    for (int k = 1; k < sidecar_.exits; ++k) {
        state = guarded("stage()", [&] { return module_.stage(k, state).first; });
        const bool anew = std::ranges::any_of(state, [&](const at::Tensor& kept) {
            return kept.numel() == input.numel() && kept.reshape(input.sizes()).equal(input);
        });
        if (anew) {
            return fmt::format("stage {} leaves the input to the next, which starts anew", k);
        }
    }
    const std::vector<c10::IValue> going_on = stages(input, sidecar_.exits);
    for (int k = 1; k <= sidecar_.exits; ++k) {
        if (same(stages(input, k).back(), going_on[static_cast<std::size_t>(k - 1)])) continue;
        return fmt::format("exit {} says something else when the DNN goes on", k);
    }
    return same(whole(input), going_on.back()) ? "" : "forward() differs from the last exit";
}

}  // namespace

std::unique_ptr<Model> load_torch_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                        const std::string& device) {
    use_one_thread();
    use_repeatable_kernels();
    return std::make_unique<TorchModel>(file, sidecar, parse_device(device));
}

}  // namespace oneadapt
