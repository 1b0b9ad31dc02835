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
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// Slope of the utility's sigmoid (OneAdapt).
constexpr double kSlope = 20.0;

/// Mean of a map [1,H,W] over each tile; edge tiles over the pixels that they have.
cv::Mat tile_means(const at::Tensor& map) {
    const at::Tensor means =
        at::avg_pool2d(map, {kTileSize, kTileSize}, {kTileSize, kTileSize}, {0, 0},
                       /*ceil_mode=*/true, /*count_include_pad=*/false)
            .squeeze(0)
            .to(at::kCPU, at::kFloat)
            .contiguous();
    return cv::Mat(static_cast<int>(means.size(0)), static_cast<int>(means.size(1)), CV_32F,
                   means.data_ptr<float>())
        .clone();
}

class TorchModel final : public Model {
  public:
    TorchModel(const std::filesystem::path& file, const Sidecar& sidecar, c10::Device device)
        : where_(file.string()),
          sidecar_(sidecar),
          space_(input_space(sidecar_)),
          convention_(find_convention(sidecar.output)),
          device_(device),
          module_(file, device, convention_.takes_list) {}

    const Sidecar& sidecar() const override { return sidecar_; }

    std::vector<FrameOutput> infer(const std::vector<cv::Mat>& pictures) const override;
    Gradient gradient(const cv::Mat& picture, double floor) const override;
    double gflop(cv::Size size) const override;
    std::string raw_output(const cv::Mat& picture) const override;

  private:
    void check_size(cv::Size size) const;
    at::Tensor to_input(std::span<const cv::Mat> pictures) const;
    c10::IValue forward(const at::Tensor& batch) const;
    FrameAnswers read(const c10::IValue& value, std::int64_t frames) const;
    at::Tensor backward(const at::Tensor& utility, const at::Tensor& input) const;
    template <class Work>
    auto guarded(const char* what, const Work& work) const;

    std::string where_;
    Sidecar sidecar_;
    InputSpace space_;
    const OutputConvention& convention_;
    c10::Device device_;
    TorchModule module_;
};

/// Turns whatever LibTorch throws into the user's error.
template <class Work>
auto TorchModel::guarded(const char* what, const Work& work) const {
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        rethrow_lack_of_memory(error);
        throw ModelError(where_, fmt::format("{} failed ({})", what, torch_reason(error)),
                         "mend the model, or its sidecar " + sidecar_.file.string());
    }
}

void TorchModel::check_size(cv::Size size) const {
    const std::string problem = fmt::format("cannot take frames of {}x{}", size.width, size.height);
    if (sidecar_.fixed_size && size != *sidecar_.fixed_size) {
        throw ModelError(where_, problem,
                         fmt::format("its sidecar asks for {}x{}", sidecar_.fixed_size->width,
                                     sidecar_.fixed_size->height));
    }
    const int multiple = sidecar_.fixed_size ? 1 : sidecar_.size_multiple;
    if (size.empty() || size.width % multiple != 0 || size.height % multiple != 0) {
        throw ModelError(where_, problem,
                         fmt::format("its sidecar asks for multiples of {}", multiple));
    }
}

/// [B,C,H,W] in the sidecar's range, on the DNN's device.
at::Tensor TorchModel::to_input(std::span<const cv::Mat> pictures) const {
    at::Tensor pixels;
    thread_local std::vector<cv::Mat> planes;
    bool bytes = false;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const cv::Mat& picture = pictures[i];
        if (i == 0) {
            check_size(picture.size());
            bytes = picture.depth() == CV_8U;
            pixels = at::empty({static_cast<std::int64_t>(pictures.size()), picture.channels(),
                                picture.rows, picture.cols},
                               at::kFloat);
        }
        cv::split(picture, planes);
        for (std::size_t c = 0; c < planes.size(); ++c) {
            const at::Tensor place =
                pixels[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(c)];
            planes[c].convertTo(cv::Mat(picture.size(), CV_32F, place.data_ptr<float>()), CV_32F);
        }
    }
    at::Tensor input = pixels.to(device_);
    if (bytes) input.div_(255.0);
    if (sidecar_.range_low == 0.0 && sidecar_.range_high == 1.0) return input;
    return input.mul_(sidecar_.range_high - sidecar_.range_low).add_(sidecar_.range_low);
}

c10::IValue TorchModel::forward(const at::Tensor& batch) const {
    // Copies: a model may change its input in place, which autograd allows for no leaf and no
    // slice.
    return guarded("forward()", [&] {
        if (!convention_.takes_list) return module_.forward(batch.clone());
        std::vector<at::Tensor> pictures = batch.unbind(0);
        for (at::Tensor& picture : pictures) picture = picture.clone();
        return module_.forward(c10::List<at::Tensor>(pictures));
    });
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

std::vector<FrameOutput> TorchModel::infer(const std::vector<cv::Mat>& pictures) const {
    use_one_thread();
    const at::NoGradGuard no_grad;
    // One picture at a time stays in a CPU's cache; a GPU wants them all.
    const std::size_t batch = device_.is_cpu() ? 1 : pictures.size();
    std::vector<FrameOutput> outputs;
    for (std::size_t first = 0; first < pictures.size(); first += batch) {
        check_interrupt();
        const auto input = to_input(std::span(pictures).subspan(first, batch));
        for (const auto& answer : read(forward(input), input.size(0))) {
            outputs.push_back(answer->output());
        }
    }
    return outputs;
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

Gradient TorchModel::gradient(const cv::Mat& picture, double floor) const {
    use_one_thread();
    check_interrupt();
    const at::AutoGradMode with_grad(true);
    const at::Tensor input = to_input(std::span(&picture, 1)).requires_grad_(true);
    const auto answers = read(forward(input), 1);
    const at::Tensor chosen = answers.front()->scores(floor);
    const at::Tensor map = at::zeros({1, input.size(2), input.size(3)}, at::kFloat);
    if (chosen.numel() == 0) return {.utility = 0.0, .saliency = tile_means(map)};
    const at::Tensor utility =
        chosen.to(at::kDouble).sub(sidecar_.score_threshold).mul(kSlope).sigmoid().sum();
    // Per unit of a pixel in [0,1], as the difference maps are, whatever range the DNN takes.
    const at::Tensor saliency =
        backward(utility, input).abs().sum(1).mul(sidecar_.range_high - sidecar_.range_low);
    if (!saliency.isfinite().all().item<bool>()) {
        throw ModelError(where_, "yields a gradient that is not finite",
                         "check the model for square roots and logarithms of 0");
    }
    return {.utility = utility.item<double>(), .saliency = tile_means(saliency)};
}

double TorchModel::gflop(cv::Size size) const {
    use_one_thread();
    // Only in the module as it was written do the operators that count have the names known.
    const at::AutoGradMode as_written(true);
    const cv::Mat black = space_.picture(space_.blank(size));
    const at::Tensor input = to_input(std::span(&black, 1));
    return count_gflop([&] { forward(input); });
}

std::string TorchModel::raw_output(const cv::Mat& picture) const {
    use_one_thread();
    const at::NoGradGuard no_grad;
    return describe(forward(to_input(std::span(&picture, 1))));
}

}  // namespace

std::unique_ptr<Model> load_torch_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                        const std::string& device) {
    use_one_thread();
    use_repeatable_kernels();
    return std::make_unique<TorchModel>(file, sidecar, parse_device(device));
}

}  // namespace oneadapt
