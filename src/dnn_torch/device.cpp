#include "dnn_torch/device.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <mutex>

// clang cannot read ATen.h as C++20 unless this came before it
#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/cuda.h>
#include <torch/library.h>
#include <torch/version.h>

#include "dnn_torch/silence.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// OpenBLAS has threads of its own that at::set_num_threads does not reach. LibTorch builds that
/// carry MKL instead lack the symbol.
void use_one_blas_thread() {
    using SetThreads = void (*)(int);
    void* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    if (symbol != nullptr) reinterpret_cast<SetThreads>(symbol)(1);
}

#if TORCH_VERSION_MAJOR < 2
using OptionalScale = c10::optional<double>;
#else
using OptionalScale = std::optional<double>;
#endif

/// Gradient of bilinear enlargement, as two matrix products: CUDA's own adds with atomics, in
/// another order each time.
at::Tensor bilinear_backward(const at::Tensor& gradient, at::IntArrayRef /*output*/,
                             at::IntArrayRef input, bool align_corners, OptionalScale scale_y,
                             OptionalScale scale_x) {
    const auto weights = [&](std::int64_t from, std::int64_t to, OptionalScale scale) {
        const at::Tensor each = at::eye(from, gradient.options());
        return at::upsample_linear1d(each.unsqueeze(0), {to}, align_corners, scale).squeeze(0);
    };
    const at::Tensor rows = weights(input[2], gradient.size(2), scale_y);
    const at::Tensor columns = weights(input[3], gradient.size(3), scale_x);
    return rows.matmul(gradient).matmul(columns.t());
}

void replace_kernels_that_vary() {
    const Silence silence;  // that a kernel is replaced is meant
    static torch::Library library(torch::Library::IMPL, "aten", c10::DispatchKey::CUDA, __FILE__,
                                  __LINE__);
    library.impl("upsample_bilinear2d_backward", &bilinear_backward);
}

}  // namespace

std::vector<std::string> torch_devices() {
    std::vector<std::string> devices = {"cpu"};
    const auto count = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        devices.push_back(fmt::format("cuda:{}", i));
    }
    return devices;
}

c10::Device parse_device(const std::string& name) {
    const auto devices = torch_devices();
    const std::string full = name == "cuda" ? "cuda:0" : name;
    if (std::ranges::find(devices, full) != devices.end()) return c10::Device(full);
    throw UsageError(fmt::format("device '{}'", name), "is not one that this LibTorch can use",
                     fmt::format("it has: {}", fmt::join(devices, ", ")));
}

void use_one_thread() {
    static std::once_flag process;
    std::call_once(process, use_one_blas_thread);
    // OpenMP keeps the number of threads per calling thread.
    thread_local const bool done = [] {
        at::set_num_threads(1);
        return true;
    }();
    static_cast<void>(done);
}

void use_repeatable_kernels() {
    auto& context = at::globalContext();
    context.setBenchmarkCuDNN(false);
    context.setDeterministicCuDNN(true);
    context.setAllowTF32CuDNN(false);
    context.setAllowTF32CuBLAS(false);
    static std::once_flag once;
    std::call_once(once, [] {
        if (torch::cuda::is_available()) replace_kernels_that_vary();
    });
}

}  // namespace oneadapt
