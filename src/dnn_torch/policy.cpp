#include "dnn_torch/policy.hpp"

#include <cmath>

#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include "dnn_torch/device.hpp"
#include "dnn_torch/module.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

class TorchPolicy final : public Policy {
  public:
    explicit TorchPolicy(const std::filesystem::path& file)
        : where_(file.string()), module_(file, c10::Device(c10::kCPU), false, 0) {}

    std::vector<float> scores(const cv::Mat& rows) const override {
        use_one_thread();
        const at::NoGradGuard no_gradient;
        const cv::Mat whole = rows.isContinuous() ? rows : rows.clone();
        const at::Tensor said = forward(at::from_blob(whole.data, {whole.rows, whole.cols}));
        if (said.dim() != 2 || said.size(0) != rows.rows || said.size(1) != 1 ||
            !at::isfinite(said).all().item<bool>()) {
            throw ModelError(where_, "does not give each row a finite score",
                             "forward() must return a tensor [rows, 1]");
        }
        const float* first = said.data_ptr<float>();
        return {first, first + rows.rows};
    }

  private:
    at::Tensor forward(const at::Tensor& rows) const {
        try {
            return module_.forward(rows).toTensor().to(at::kFloat).contiguous();
        } catch (const std::exception& error) {
            rethrow_lack_of_memory(error);
            throw ModelError(where_,
                             fmt::format("cannot score rows of {} numbers ({})", rows.size(1),
                                         torch_reason(error)),
                             "use a policy that was trained for this scheme");
        }
    }

    std::string where_;
    TorchModule module_;
};

}  // namespace

std::unique_ptr<Policy> load_torch_policy(const std::filesystem::path& file) {
    return std::make_unique<TorchPolicy>(file);
}

}  // namespace oneadapt
