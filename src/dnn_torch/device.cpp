#include "dnn_torch/device.hpp"

#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <mutex>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/cuda.h>

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

/// By default glibc hands the feature maps of a worker thread back to the kernel after every frame
/// and has them cleared again for the next: 10,000 page faults a frame, a quarter of the time.
void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
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
    std::call_once(process, [] {
        use_one_blas_thread();
        keep_freed_memory();
    });
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
