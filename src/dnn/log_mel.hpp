#pragma once

#include <string>

#include <opencv2/core.hpp>

namespace oneadapt {

/// How sound becomes a picture: the logarithm of its power in mel-spaced bands over time.
///
/// A window starts at every `hop` samples, the sound being followed by silence; it is weighted by a
/// periodic Hann window. Band edges are equally spaced in mel = 2595 log10(1 + f/700)
/// (O'Shaughnessy 1987; HTK); each band is a triangle of height 1.
struct LogMel {
    int rate = 16000;       ///< samples per second
    int window = 400;       ///< samples
    int hop = 160;          ///< samples from one column to the next
    int fft = 512;          ///< points; at least `window`
    int mels = 64;          ///< bands
    double low_hz = 60;     ///< lower edge of the first band
    double high_hz = 7800;  ///< upper edge of the last, at most rate/2

    /// One spelling of all of it, for trace keys.
    std::string text() const;
};

/// The picture of `samples` (CV_32F, 1 x N, in [-1,1]): CV_32F, a row per band (low frequencies
/// first) and N/hop columns. Values are (log10(max(power, 1e-4)) + 4) / 7: 0 is silence, 1 about
/// the loudest.
cv::Mat log_mel(const cv::Mat& samples, const LogMel& form);

}  // namespace oneadapt
