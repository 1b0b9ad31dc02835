#pragma once

#include <functional>

namespace oneadapt {

/// GFLOP of the convolutions and matrix products that `work` runs through LibTorch on the calling
/// thread, a multiply-add counting as two. Element-wise work is not counted.
double count_gflop(const std::function<void()>& work);

}  // namespace oneadapt
