#pragma once

#include <memory>
#include <string>

#include "codec/codec.hpp"

namespace oneadapt {

/// Knobs not in use take these values.
constexpr int kNeutralQp = 20;
constexpr int kNeutralBframeBias = 0;

/// What an encoder is told to do.
struct Quality {
    int qp = kNeutralQp;  ///< of the whole picture, or where it differs by region the lowest
    int bframe_bias = kNeutralBframeBias;
    bool by_region = false;  ///< regions of interest are heeded
};

/// What sets one encoder of libavcodec apart from another.
struct VideoFormat {
    std::string name;     ///< row of the codec table
    std::string encoder;  ///< libavcodec's name
    std::string decoder;  ///< libavcodec's name
    /// Encoder options, as the ffmpeg program spells them.
    std::string (*options)(const Quality& quality);
};

/// H.264: a QP for the whole picture by x264's constant QP (`qp`), so that sizes equal those of the
/// ffmpeg program; a QP for each block (`macroblock`) by regions of interest, which x264 heeds in
/// its constant-rate-factor mode only.
std::unique_ptr<Codec> make_h264(const std::string& preset);
std::unique_ptr<Codec> make_h265(const std::string& preset);

/// The picture size sent at a resolution scale: each side rounded to the nearest even number, at
/// least 16.
cv::Size sent_size(cv::Size analysis, double scale);

}  // namespace oneadapt
