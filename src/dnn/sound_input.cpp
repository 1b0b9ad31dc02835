#include <cmath>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "dnn/input_kinds.hpp"
#include "dnn/log_mel.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

InputSpace sound(const Sidecar& sidecar) {
    const LogMel form = sidecar.log_mel;
    return {form.text(),
            [form](const cv::Mat& samples) { return log_mel(samples, form); },
            [](const cv::Mat& samples) { return samples.size(); },
            [](cv::Size size) -> cv::Mat { return cv::Mat::zeros(size, CV_32F); },
            [](cv::Size) { return RegionGrid{}; },
            [](const cv::Mat&, const std::vector<bool>&) -> cv::Mat {
                throw std::logic_error("sound has no regions");
            }};
}

void read_sound(const json& input, const std::string& where, Sidecar& sidecar) {
    check_keys(input, {"kind", "rate", "window", "hop", "fft", "mels", "low_hz", "high_hz"}, where,
               kSidecarRole);
    LogMel& form = sidecar.log_mel;
    const auto whole = [&](const char* key, int& value, int low, int high) {
        value = optional_or<int>(input, key, value, where, kSidecarRole);
        if (value >= low && value <= high) return;
        fail(kSidecarRole, fmt::format("{}: key '{}'", where, key),
             fmt::format("{} is out of range", value),
             fmt::format("write a whole number from {} to {}", low, high));
    };
    whole("rate", form.rate, 1000, 192000);
    whole("window", form.window, 2, form.rate);
    whole("hop", form.hop, 1, form.rate);
    whole("fft", form.fft, form.window, 1 << 16);
    whole("mels", form.mels, 1, 1024);
    form.low_hz = optional_or<double>(input, "low_hz", form.low_hz, where, kSidecarRole);
    form.high_hz = optional_or<double>(input, "high_hz", form.high_hz, where, kSidecarRole);
    if (!(0 <= form.low_hz && form.low_hz < form.high_hz && form.high_hz <= form.rate / 2.0)) {
        fail(kSidecarRole, where + ": keys 'low_hz' and 'high_hz'",
             fmt::format("are {} and {}", form.low_hz, form.high_hz),
             fmt::format("write 0 <= low_hz < high_hz <= {}, half the rate", form.rate / 2.0));
    }
    sidecar.channels = "log-mel";
    sidecar.size_multiple = 1;
}

/// A second of a tone that rises.
cv::Mat played_frame(const Sidecar& sidecar) {
    const int rate = sidecar.log_mel.rate;
    cv::Mat samples(1, rate, CV_32F);
    for (int i = 0; i < rate; ++i) {
        const double seconds = static_cast<double>(i) / rate;
        samples.at<float>(i) =
            static_cast<float>(0.3 * std::sin(2 * CV_PI * (200 + 400 * seconds) * seconds));
    }
    return samples;
}

}  // namespace

InputKind sound_input(const std::string& media) {
    return {media, {"log-mel"}, sound, read_sound, played_frame, true};
}

}  // namespace oneadapt
