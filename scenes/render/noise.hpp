#pragma once

#include <array>
#include <cstdint>

#include "random.hpp"

namespace oneadapt::render {

/// Samples of a standard normal distribution, enough that reuse does not show.
const std::array<float, 1U << 16>& normal_samples();

/// A cheap stream of normal noise: reads on in the samples from a given place.
class NormalNoise {
  public:
    explicit NormalNoise(std::uint32_t start) : next_(start) {}

    float next() { return samples_[next_++ & (samples_.size() - 1)]; }

  private:
    const std::array<float, 1U << 16>& samples_ = normal_samples();
    std::uint32_t next_;
};

}  // namespace oneadapt::render
