#include "texture.hpp"

#include <functional>

#include "random.hpp"

namespace oneadapt::render {

namespace {

constexpr int side = Texture::side;

float lattice(std::uint32_t seed, int period, int x, int y) {
    const auto wrap = [period](int i) { return static_cast<std::uint32_t>(i % period); };
    return unit(hash(seed, wrap(x), wrap(y)));
}

/// Smooth noise that repeats after `period` cells; (x, y) in cells.
float value_noise(std::uint32_t seed, int period, float x, float y) {
    const int ix = static_cast<int>(x);
    const int iy = static_cast<int>(y);
    const auto smooth = [](float t) { return t * t * (3 - 2 * t); };
    const float fx = smooth(x - static_cast<float>(ix));
    const float fy = smooth(y - static_cast<float>(iy));
    const float top = mix(lattice(seed, period, ix, iy), lattice(seed, period, ix + 1, iy), fx);
    const float low =
        mix(lattice(seed, period, ix, iy + 1), lattice(seed, period, ix + 1, iy + 1), fx);
    return mix(top, low, fy);
}

/// Noise summed over octaves from `coarse` to `fine` cells per side, each `gain` times the last.
float octaves(std::uint32_t seed, int coarse, int fine, float gain, float u, float v) {
    float sum = 0;
    float weight = 1;
    float total = 0;
    for (int cells = coarse; cells <= fine; cells *= 2) {
        const auto scale = static_cast<float>(cells);
        sum += weight *
               value_noise(seed + static_cast<std::uint32_t>(cells), cells, u * scale, v * scale);
        total += weight;
        weight *= gain;
    }
    return sum / total;
}

Texture paint(const std::function<float(float u, float v)>& value) {
    std::vector<float> values(static_cast<std::size_t>(side) * side);
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const float u = (static_cast<float>(x) + 0.5F) / side;
            const float v = (static_cast<float>(y) + 0.5F) / side;
            const int place = y * side + x;
            values[static_cast<std::size_t>(place)] = std::clamp(value(u, v), 0.0F, 1.0F);
        }
    }
    return Texture(values);
}

/// Rows of blocks with joints; every second row is shifted by half a block where `bond` is set.
float masonry(std::uint32_t seed, int columns, int rows, float joint, bool bond, float u, float v) {
    const float y = v * static_cast<float>(rows);
    const int row = static_cast<int>(y);
    const float x = u * static_cast<float>(columns) + (bond && row % 2 == 1 ? 0.5F : 0.0F);
    const int column = static_cast<int>(x) % columns;
    const float fx = fraction(x);
    const float fy = fraction(y);
    const bool in_joint = std::min(fx, 1 - fx) < joint * 0.5F || std::min(fy, 1 - fy) < joint;
    const float tone = lattice(seed, 1024, column, row);
    const float grain = octaves(seed, 32, 128, 0.8F, u, v);
    return in_joint ? 0.22F + 0.2F * grain : 0.36F + 0.3F * tone + 0.25F * (grain - 0.5F);
}

float contrast(float value, float gain) {
    return 0.5F + gain * (value - 0.5F);
}

float crack_lines(float u, float v) {
    const float warp = octaves(91, 4, 64, 0.6F, u, v);
    const float ridge = std::abs(octaves(92, 4, 32, 0.5F, u, v) - 0.5F + 0.2F * (warp - 0.5F));
    return 0.2F + 0.35F * ramp(0.0F, 0.014F, ridge);
}

}  // namespace

Texture::Texture(const std::vector<float>& values) {
    std::vector<float> current = values;
    for (int size = side; size >= 1; size /= 2) {
        Level level;
        level.side = size;
        level.values.reserve(current.size());
        for (const float value : current) {
            const float shifted = value * 255.0F + 0.5F;
            level.values.push_back(static_cast<std::uint8_t>(shifted));
        }
        levels_.push_back(std::move(level));
        std::vector<float> half;
        for (int y = 0; y + 1 < size; y += 2) {
            for (int x = 0; x + 1 < size; x += 2) {
                const int place = y * size + x;
                const auto i = static_cast<std::size_t>(place);
                const auto below = i + static_cast<std::size_t>(size);
                half.push_back((current[i] + current[i + 1] + current[below] + current[below + 1]) *
                               0.25F);
            }
        }
        current = std::move(half);
    }
}

float Texture::at(float u, float v, float footprint) const {
    std::size_t depth = 0;
    for (float texels = footprint * side; texels > 1.4F && depth + 1 < levels_.size(); ++depth) {
        texels *= 0.5F;
    }
    const Level& level = levels_[depth];
    const auto size = static_cast<float>(level.side);
    const float x = fraction(u) * size;
    const float y = fraction(v) * size;
    const int mask = level.side - 1;
    const int column = static_cast<int>(x);
    const int row = static_cast<int>(y);
    const int x0 = column & mask;
    const int y0 = row & mask;
    const int x1 = (x0 + 1) & mask;
    const int y1 = (y0 + 1) & mask;
    const float fx = x - static_cast<float>(column);
    const float fy = y - static_cast<float>(row);
    const auto value = [&](int at_x, int at_y) {
        const int place = at_y * level.side + at_x;
        return static_cast<float>(level.values[static_cast<std::size_t>(place)]);
    };
    const float top = mix(value(x0, y0), value(x1, y0), fx);
    const float low = mix(value(x0, y1), value(x1, y1), fx);
    return mix(top, low, fy) * (1.0F / 255.0F);
}

const Textures& Textures::get() {
    static const Textures textures{
        paint([](float u, float v) { return contrast(octaves(11, 64, 256, 1.0F, u, v), 1.5F); }),
        paint([](float u, float v) { return contrast(octaves(23, 4, 128, 0.6F, u, v), 2.0F); }),
        paint([](float u, float v) { return masonry(37, 8, 16, 0.07F, true, u, v); }),
        paint([](float u, float v) { return masonry(41, 8, 8, 0.04F, false, u, v); }),
        paint([](float u, float v) { return contrast(octaves(59, 8, 128, 0.8F, u, v), 3.0F); }),
        paint(crack_lines)};
    return textures;
}

}  // namespace oneadapt::render
