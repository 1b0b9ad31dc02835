#include "dnn/torch_device.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <mutex>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/cuda.h>

#include "dnn/model.hpp"
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

}  // namespace

std::vector<std::string> available_devices() {
    std::vector<std::string> devices = {"cpu"};
    const auto count = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        devices.push_back(fmt::format("cuda:{}", i));
    }
    return devices;
}

c10::Device parse_device(const std::string& name) {
    const auto devices = available_devices();
    const std::string full = name == "cuda" ? "cuda:0" : name;
    if (std::ranges::find(devices, full) != devices.end()) return c10::Device(full);
    throw UsageError(fmt::format("device '{}'", name), "is not one that this LibTorch can use",
                     fmt::format("it has: {}", fmt::join(devices, ", ")));
}

void use_one_thread() {
    static std::once_flag blas;
    std::call_once(blas, use_one_blas_thread);
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
}

}  // namespace oneadapt
