#include "dnn/runtime.hpp"

#include <dlfcn.h>

#include <chrono>

#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "dnn_torch/device.hpp"
#include "dnn_torch/model.hpp"
#include "dnn_torch/network.hpp"
#include "dnn_torch/policy.hpp"
#include "support/interface.hpp"

namespace oneadapt {
namespace {

class TorchRuntime final : public DnnRuntime {
  public:
    std::unique_ptr<Model> load_model(const std::filesystem::path& file, const Sidecar& sidecar,
                                      const std::string& device) const override {
        return load_torch_model(file, sidecar, device);
    }

    std::unique_ptr<Policy> load_policy(const std::filesystem::path& file) const override {
        return load_torch_policy(file);
    }

    std::unique_ptr<Network> load_network(const std::filesystem::path& file,
                                          const std::string& role, const Sidecar& sidecar,
                                          const std::string& device) const override {
        return load_torch_network(file, role, sidecar, device);
    }

    std::vector<std::string> devices() const override { return torch_devices(); }

    std::string version() const override {
        const char* gpu = torch::cuda::is_available() ? ", CUDA at hand" : "";
        return fmt::format("{}{}", TORCH_VERSION, gpu);
    }

    std::string blas() const override {
        using Config = char* (*)();
        if (void* symbol = dlsym(RTLD_DEFAULT, "openblas_get_config")) {
            return reinterpret_cast<Config>(symbol)();
        }
        const bool linked = dlsym(RTLD_DEFAULT, "sgemm_") != nullptr;
        return linked ? "reference BLAS" : "built into LibTorch";
    }

    double matmul_gflops() const override {
        using Clock = std::chrono::steady_clock;
        constexpr std::int64_t kSide = 512;
        use_one_thread();
        const at::Tensor a = at::ones({kSide, kSide});
        at::Tensor product = at::mm(a, a);
        int count = 0;
        const auto start = Clock::now();
        double seconds = 0;
        while (seconds < 0.1) {
            at::mm_out(product, a, a);
            ++count;
            seconds = std::chrono::duration<double>(Clock::now() - start).count();
        }
        return 2e-9 * static_cast<double>(kSide * kSide * kSide) * count / seconds;
    }
};

}  // namespace
}  // namespace oneadapt

extern "C" {

const oneadapt::DnnRuntime& oneadapt_dnn_runtime() {
    static const oneadapt::TorchRuntime runtime;
    return runtime;
}

const char* oneadapt_interface() {
    return oneadapt::kInterface;
}
}
