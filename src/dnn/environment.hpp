#pragma once

#include <string>

namespace oneadapt {

/// Version of the LibTorch that the program runs with, and its GPU toolkit's if it has one.
std::string torch_version();

/// The linear-algebra library that LibTorch's matrix products run on, e.g. "OpenBLAS 0.3.21",
/// "reference BLAS" or "built into LibTorch".
std::string blas_name();

/// Measured speed of float matrix products on one thread, in GFLOP/s.
double matmul_gflops();

}  // namespace oneadapt
