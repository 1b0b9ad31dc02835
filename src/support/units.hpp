#pragma once

#include <compare>
#include <cstdint>

namespace oneadapt {

/// Simulated time in seconds. Wall time is std::chrono's and never mixes with it.
struct SimSeconds {
    double value = 0.0;

    friend constexpr auto operator<=>(const SimSeconds&, const SimSeconds&) = default;
    friend constexpr SimSeconds operator+(SimSeconds a, SimSeconds b) {
        return {a.value + b.value};
    }
    friend constexpr SimSeconds operator-(SimSeconds a, SimSeconds b) {
        return {a.value - b.value};
    }
    friend constexpr SimSeconds operator*(double k, SimSeconds s) { return {k * s.value}; }
    constexpr SimSeconds& operator+=(SimSeconds other) {
        value += other.value;
        return *this;
    }
};

/// Kilobits per second of `bytes` sent over `duration`.
constexpr double kbit_per_second(std::int64_t bytes, SimSeconds duration) {
    return static_cast<double>(bytes) * 8.0 / 1000.0 / duration.value;
}

}  // namespace oneadapt
