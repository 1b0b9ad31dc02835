#include "dnn/environment.hpp"

#include <dlfcn.h>

#include <chrono>

#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "dnn/torch_device.hpp"

namespace oneadapt {

std::string torch_version() {
    const char* gpu = torch::cuda::is_available() ? ", CUDA at hand" : "";
    return fmt::format("{}{}", TORCH_VERSION, gpu);
}

std::string blas_name() {
    using Config = char* (*)();
    if (void* symbol = dlsym(RTLD_DEFAULT, "openblas_get_config")) {
        return reinterpret_cast<Config>(symbol)();
    }
    return dlsym(RTLD_DEFAULT, "sgemm_") != nullptr ? "reference BLAS" : "built into LibTorch";
}

double matmul_gflops() {
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

}  // namespace oneadapt
