#include "exposure.hpp"

#include <array>
#include <opencv2/imgproc.hpp>

#include "noise.hpp"

namespace oneadapt::render {

namespace {

/// Adds the halo that bright lamps have in a lens.
void add_glare(cv::Mat& colour, float gain) {
    cv::Mat small;
    cv::resize(colour, small, {}, 0.25, 0.25, cv::INTER_AREA);
    small = cv::max(small * gain - cv::Scalar::all(0.9), 0);
    cv::GaussianBlur(small, small, {0, 0}, 2.2);
    cv::Mat halo;
    cv::resize(small, halo, colour.size(), 0, 0, cv::INTER_LINEAR);
    colour += halo * (0.35 / gain);
}

/// Draws falling drops as short bright streaks.
void add_rain(cv::Mat& colour, float rain, float brightness, Random random) {
    const int drops = static_cast<int>(rain * 900.0F * static_cast<float>(colour.total()) / 250e3F);
    const float slant = random.range(-0.12F, 0.12F);
    for (int i = 0; i < drops; ++i) {
        const float near = random.unit();
        const float length = 6 + 22 * near * near;
        const float x = random.unit() * static_cast<float>(colour.cols);
        const float y = random.unit() * static_cast<float>(colour.rows);
        const float alpha = 0.08F + 0.2F * random.unit();
        const cv::Vec3f shine = cv::Vec3f::all(brightness);
        for (int step = 0; static_cast<float>(step) < length; ++step) {
            const int column = static_cast<int>(x + slant * static_cast<float>(step));
            const int row = static_cast<int>(y + static_cast<float>(step));
            if (column < 0 || column >= colour.cols || row >= colour.rows) break;
            auto& pixel = colour.at<cv::Vec3f>(row, column);
            pixel = pixel * (1 - alpha) + shine * alpha;
        }
    }
}

/// Display values 0 to 255 for linear light 0 to 1 after the shoulder.
const std::array<float, 4097>& display_curve() {
    static const auto curve = [] {
        std::array<float, 4097> values{};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const float linear = static_cast<float>(i) / 4096.0F;
            values[i] = 255.0F * std::pow(linear, 1 / 2.2F);
        }
        return values;
    }();
    return curve;
}

float display(float light) {
    const float shoulder = 1 - std::exp(-1.25F * light);
    return display_curve()[static_cast<std::size_t>(std::clamp(shoulder, 0.0F, 1.0F) * 4096.0F)];
}

void develop_row(const cv::Vec3f* in, cv::Vec3b* out, int width, float gain, float deviation,
                 Random& random) {
    NormalNoise shared(random.bits());
    NormalNoise own(random.bits());
    for (int x = 0; x < width; ++x) {
        const float grey = shared.next();
        for (int channel = 0; channel < 3; ++channel) {
            const float noise = deviation * (0.8F * grey + 0.6F * own.next());
            out[x][channel] =
                cv::saturate_cast<std::uint8_t>(display(in[x][channel] * gain) + noise);
        }
    }
}

}  // namespace

cv::Mat expose(cv::Mat& colour, const Conditions& conditions, std::uint32_t noise_seed) {
    Random random(noise_seed);
    const float gain = mix(3.4F, 0.72F, std::sqrt(conditions.exposed)) *
                       (1 + 0.9F * conditions.rain * conditions.exposed);
    if (conditions.headlights) add_glare(colour, gain);
    const float brightness = 0.06F + 0.75F * conditions.exposed;
    if (conditions.rain > 0) add_rain(colour, conditions.rain, brightness, Random(random.bits()));
    cv::GaussianBlur(colour, colour, {3, 3}, 0.5 + 0.25 * conditions.rain);
    const float deviation = 255 * conditions.noise * std::pow(gain / 0.72F, 0.6F);
    cv::Mat image(colour.size(), CV_8UC3);
    for (int row = 0; row < colour.rows; ++row) {
        develop_row(colour.ptr<cv::Vec3f>(row), image.ptr<cv::Vec3b>(row), colour.cols, gain,
                    deviation, random);
    }
    return image;
}

}  // namespace oneadapt::render
