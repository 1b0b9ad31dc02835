#include "noise.hpp"

#include <cmath>
#include <numbers>

namespace oneadapt::render {

const std::array<float, 1U << 16>& normal_samples() {
    static const auto samples = [] {
        std::array<float, 1U << 16> values{};
        Random random(0xC0FFEE);
        for (float& value : values) {
            const float radius = std::sqrt(-2 * std::log(1 - random.unit()));
            value = radius * std::cos(2 * std::numbers::pi_v<float> * random.unit());
        }
        return values;
    }();
    return samples;
}

}  // namespace oneadapt::render
