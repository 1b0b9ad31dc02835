#include "dnn_torch/network.hpp"

#include <utility>

// clang cannot read ATen.h as C++20 unless this came before it
#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "dnn/input.hpp"
#include "dnn/model.hpp"
#include "dnn_torch/device.hpp"
#include "dnn_torch/flops.hpp"
#include "dnn_torch/module.hpp"
#include "dnn_torch/output.hpp"
#include "dnn_torch/pictures.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

class TorchNetwork final : public Network {
  public:
    TorchNetwork(const std::filesystem::path& file, const AuxiliaryRole& role, Sidecar sidecar,
                 c10::Device device)
        : where_(file.string()),
          role_(role),
          sidecar_(std::move(sidecar)),
          device_(device),
          module_(file, device, false, 0) {}

    cv::Mat run(const cv::Mat& picture) const override {
        use_one_thread();
        check_interrupt();
        const at::NoGradGuard no_grad;
        const at::Tensor input = to_input(std::span(&picture, 1), sidecar_, device_, where_);
        const at::Tensor made = checked(forward(input), input);
        if (role_.use == AuxiliaryUse::picture) return to_picture(made[0], sidecar_);
        const at::Tensor tiles = in_memory(made[0][0], at::kFloat);
        return cv::Mat(static_cast<int>(tiles.size(0)), static_cast<int>(tiles.size(1)), CV_32F,
                       tiles.data_ptr<float>())
            .clone();
    }

    double gflop(cv::Size size) const override {
        use_one_thread();
        // Only in the module as it was written do the operators that count have the names known.
        const at::AutoGradMode as_written(true);
        const InputSpace space = input_space(sidecar_);
        const cv::Mat black = space.picture(space.blank(size));
        const at::Tensor input = to_input(std::span(&black, 1), sidecar_, device_, where_);
        return count_gflop([&] { forward(input); });
    }

  private:
    c10::IValue forward(const at::Tensor& input) const {
        return guarded(where_, sidecar_, "forward()",
                       [&] { return module_.forward(input.clone()); });
    }

    at::Tensor checked(const c10::IValue& value, const at::Tensor& input) const {
        const auto tiles = [](std::int64_t side) { return (side + kTileSize - 1) / kTileSize; };
        const bool tiled = role_.use == AuxiliaryUse::tiles;
        const std::int64_t height = tiled ? tiles(input.size(2)) : input.size(2);
        const std::int64_t width = tiled ? tiles(input.size(3)) : input.size(3);
        const std::int64_t channels = tiled ? 1 : input.size(1);
        if (!value.isTensor() || !has_shape(value.toTensor(), {1, channels, height, width})) {
            throw ModelError(
                where_, fmt::format("forward() returned {}", describe(value)),
                fmt::format("role '{}' wants a tensor [1,{},{},{}] for a picture of {}x{}",
                            role_.name, channels, height, width, input.size(3), input.size(2)));
        }
        if (!value.toTensor().isfinite().all().item<bool>()) {
            throw ModelError(where_, "yields numbers that are not finite",
                             "check the network for overflow and divisions by 0");
        }
        return value.toTensor();
    }

    std::string where_;
    const AuxiliaryRole& role_;
    Sidecar sidecar_;
    c10::Device device_;
    TorchModule module_;
};

}  // namespace

std::unique_ptr<Network> load_torch_network(const std::filesystem::path& file,
                                            const std::string& role, const Sidecar& sidecar,
                                            const std::string& device) {
    use_one_thread();
    use_repeatable_kernels();
    return std::make_unique<TorchNetwork>(file, find_auxiliary(role), sidecar,
                                          parse_device(device));
}

}  // namespace oneadapt
