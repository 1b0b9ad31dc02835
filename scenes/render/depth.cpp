#include "depth.hpp"

#include "noise.hpp"

namespace oneadapt::render {

namespace {

constexpr float noise_at_a_metre = 0.0008F;  // metres; grows with the square of the distance
constexpr float edge_dropouts = 0.35F;       // shares of the pixels
constexpr float other_dropouts = 0.001F;

/// Whether something much nearer or farther lies beside a pixel, so that stereo finds no match.
bool at_edge(const View& view, int row, int column) {
    const auto& q = view.visible.inverse_depth;
    const float here = q[view.pixel(row, column)];
    const auto apart = [&](int y, int x) {
        if (y < 0 || x < 0 || y >= view.camera.height || x >= view.camera.width) return false;
        const float there = q[view.pixel(y, x)];
        return std::abs(here - there) > 0.08F * std::max(here, there);
    };
    return apart(row, column - 1) || apart(row, column + 1) || apart(row - 1, column) ||
           apart(row + 1, column);
}

}  // namespace

cv::Mat depth_image(const World& world, const View& view) {
    const std::uint32_t seed =
        hash(world.scene().seed, static_cast<std::uint32_t>(view.index), 920);
    Random random(seed);
    NormalNoise noise(hash(seed, 1));
    const float rain = view.conditions.rain;
    cv::Mat image = cv::Mat::zeros(view.camera.height, view.camera.width, CV_16U);
    for (int row = 0; row < image.rows; ++row) {
        for (int x = 0; x < image.cols; ++x) {
            const float q = view.visible.inverse_depth[view.pixel(row, x)];
            if (q * depth_range < 1) continue;
            const float lost =
                (at_edge(view, row, x) ? edge_dropouts : other_dropouts) + 0.02F * rain;
            if (random.chance(lost)) continue;
            const float depth = 1 / q;
            const float deviation = noise_at_a_metre * depth * depth * (1 + rain);
            const float measured = depth + deviation * noise.next();
            image.at<std::uint16_t>(row, x) = cv::saturate_cast<std::uint16_t>(1000 * measured);
        }
    }
    return image;
}

}  // namespace oneadapt::render
