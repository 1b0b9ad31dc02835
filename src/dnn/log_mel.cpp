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

/// How much the frequencies from bin `first` on count in a band; the others count nothing.
struct Band {
    std::size_t first = 0;
    std::vector<float> heights;
};

std::vector<Band> mel_bank(const LogMel& form) {
    const double low = to_mel(form.low_hz);
    const double step = (to_mel(form.high_hz) - low) / (form.mels + 1);
    std::vector<Band> bank(static_cast<std::size_t>(form.mels));
    for (int place = 0; place < form.mels; ++place) {
        Band& band = bank[static_cast<std::size_t>(place)];
        const double left = to_hz(low + place * step);
        const double top = to_hz(low + (place + 1) * step);
        const double right = to_hz(low + (place + 2) * step);
        for (int bin = 0; bin <= form.fft / 2; ++bin) {
            const double hz = static_cast<double>(bin) * form.rate / form.fft;
            const double height =
                std::min((hz - left) / (top - left), (right - hz) / (right - top));
            if (height <= 0) continue;
            if (band.heights.empty()) band.first = static_cast<std::size_t>(bin);
            band.heights.push_back(static_cast<float>(height));
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

/// Power in each of fft/2+1 frequencies, from a row as cv::dft() packs it: the real part of the
/// first, then real and imaginary parts by turns; of an even number of points the last is real.
void read_powers(const cv::Mat& packed, std::vector<float>& powers) {
    const auto* part = packed.ptr<float>();
    powers.front() = part[0] * part[0];
    for (std::size_t bin = 1; bin < powers.size(); ++bin) {
        const float real = part[2 * bin - 1];
        const bool last = static_cast<int>(2 * bin) == packed.cols;
        const float imaginary = last ? 0.0F : part[2 * bin];
        powers[bin] = real * real + imaginary * imaginary;
    }
}

/// Columns whose sound and spectra stay in a core's cache together.
constexpr int kColumnsAtOnce = 16;

/// Fills those columns of `powers`, which has a row for each band.
void fill_columns(const cv::Mat& samples, const LogMel& form, const cv::Mat& window,
                  const std::vector<Band>& bank, cv::Range columns, cv::Mat& powers) {
    cv::Mat stretches = cv::Mat::zeros(columns.size(), form.fft, CV_32F);
    for (int row = 0; row < stretches.rows; ++row) {
        const int start = (columns.start + row) * form.hop;
        const int length = std::min(form.window, samples.cols - start);
        cv::multiply(samples.colRange(start, start + length), window.colRange(0, length),
                     stretches(cv::Rect(0, row, length, 1)));
    }
    cv::dft(stretches, stretches, cv::DFT_ROWS);
    std::vector<float> of_bins(static_cast<std::size_t>(form.fft / 2 + 1));
    for (int row = 0; row < stretches.rows; ++row) {
        read_powers(stretches.row(row), of_bins);
        for (int place = 0; place < powers.rows; ++place) {
            const Band& band = bank[static_cast<std::size_t>(place)];
            double sum = 0;
            for (std::size_t i = 0; i < band.heights.size(); ++i) {
                sum += static_cast<double>(band.heights[i]) *
                       static_cast<double>(of_bins[band.first + i]);
            }
            powers.at<float>(place, columns.start + row) = static_cast<float>(sum);
        }
    }
}

}  // namespace

std::string LogMel::text() const {
    return fmt::format("log-mel rate={},window={},hop={},fft={},mels={},low={},high={}", rate,
                       window, hop, fft, mels, low_hz, high_hz);
}

cv::Mat log_mel(const cv::Mat& samples, const LogMel& form) {
    CV_Assert(samples.type() == CV_32F && samples.rows == 1 && samples.cols >= form.hop);
    cv::Mat bands(form.mels, samples.cols / form.hop, CV_32F);
    const cv::Mat window = hann(form.window);
    const std::vector<Band> bank = mel_bank(form);
    for (int first = 0; first < bands.cols; first += kColumnsAtOnce) {
        const cv::Range columns(first, std::min(first + kColumnsAtOnce, bands.cols));
        fill_columns(samples, form, window, bank, columns, bands);
    }
    cv::log(cv::max(bands, kFloor), bands);
    return bands * (1.0 / (std::numbers::ln10 * kDecades)) - std::log10(kFloor) / kDecades;
}

}  // namespace oneadapt
