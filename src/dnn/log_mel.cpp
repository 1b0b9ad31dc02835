#include "dnn/log_mel.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <fmt/format.h>

namespace oneadapt {
namespace {

constexpr double kFloor = 1e-4;
constexpr double kDecades = 7.0;

double to_mel(double hz) {
    return 2595.0 * std::log10(1.0 + hz / 700.0);
}

double to_hz(double mel) {
    return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0);
}

/// [mels][fft/2+1]: how much each frequency counts in each band.
cv::Mat mel_bank(const LogMel& form) {
    const int bins = form.fft / 2 + 1;
    const double low = to_mel(form.low_hz);
    const double step = (to_mel(form.high_hz) - low) / (form.mels + 1);
    cv::Mat bank(form.mels, bins, CV_32F);
    for (int band = 0; band < form.mels; ++band) {
        const double left = to_hz(low + band * step);
        const double top = to_hz(low + (band + 1) * step);
        const double right = to_hz(low + (band + 2) * step);
        for (int bin = 0; bin < bins; ++bin) {
            const double hz = static_cast<double>(bin) * form.rate / form.fft;
            const double height =
                std::min((hz - left) / (top - left), (right - hz) / (right - top));
            bank.at<float>(band, bin) = static_cast<float>(std::max(0.0, height));
        }
    }
    return bank;
}

cv::Mat hann(int length) {
    cv::Mat window(1, length, CV_32F);
    for (int i = 0; i < length; ++i) {
        window.at<float>(i) =
            static_cast<float>(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / length));
    }
    return window;
}

/// [columns][fft/2+1]: power of each windowed stretch of sound.
cv::Mat power_spectrum(const cv::Mat& samples, const LogMel& form) {
    const int columns = samples.cols / form.hop;
    const cv::Mat window = hann(form.window);
    cv::Mat stretches = cv::Mat::zeros(columns, form.fft, CV_32F);
    for (int column = 0; column < columns; ++column) {
        const int start = column * form.hop;
        const int length = std::min(form.window, samples.cols - start);
        const cv::Rect place(0, column, length, 1);
        cv::multiply(samples.colRange(start, start + length), window.colRange(0, length),
                     stretches(place));
    }
    cv::Mat spectrum;
    cv::dft(stretches, spectrum, cv::DFT_ROWS | cv::DFT_COMPLEX_OUTPUT);
    std::vector<cv::Mat> parts;
    cv::split(spectrum.colRange(0, form.fft / 2 + 1), parts);
    return parts[0].mul(parts[0]) + parts[1].mul(parts[1]);
}

}  // namespace

std::string LogMel::text() const {
    return fmt::format("log-mel rate={},window={},hop={},fft={},mels={},low={},high={}", rate,
                       window, hop, fft, mels, low_hz, high_hz);
}

cv::Mat log_mel(const cv::Mat& samples, const LogMel& form) {
    CV_Assert(samples.type() == CV_32F && samples.rows == 1 && samples.cols >= form.hop);
    cv::Mat bands = mel_bank(form) * power_spectrum(samples, form).t();
    cv::log(cv::max(bands, kFloor), bands);
    return bands * (1.0 / (std::numbers::ln10 * kDecades)) - std::log10(kFloor) / kDecades;
}

}  // namespace oneadapt
