#pragma once

#include <cstdint>

namespace oneadapt::render {

/// A well-mixed 32-bit hash of up to three numbers: the source of everything random in a scene, so
/// that a thing's looks depend on the seed and on its own number alone.
constexpr std::uint32_t hash(std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0) {
    std::uint32_t h = a * 0x9E3779B1U + b * 0x85EBCA77U + c * 0xC2B2AE3DU + 0x27D4EB2FU;
    h = (h ^ (h >> 15)) * 0x2C1B3C6DU;
    h = (h ^ (h >> 12)) * 0x297A2D39U;
    return h ^ (h >> 15);
}

/// A hash as a number in [0, 1).
constexpr float unit(std::uint32_t hashed) {
    return static_cast<float>(hashed >> 8) * (1.0F / 16777216.0F);
}

/// A stream of random numbers, the same on every machine for the same seed.
class Random {
  public:
    explicit constexpr Random(std::uint32_t seed) : seed_(seed) {}

    constexpr std::uint32_t bits() { return hash(seed_, counter_++, 0x51ED27U); }
    constexpr float unit() { return render::unit(bits()); }
    constexpr float range(float low, float high) { return low + (high - low) * unit(); }
    constexpr int below(int count) {
        return static_cast<int>(bits() % static_cast<std::uint32_t>(count));
    }
    constexpr bool chance(float probability) { return unit() < probability; }

  private:
    std::uint32_t seed_;
    std::uint32_t counter_ = 0;
};

}  // namespace oneadapt::render
