#pragma once

#include <memory>
#include <string>

#include "codec/codec.hpp"

namespace oneadapt {

/// What sets one encoder of libavcodec apart from another.
struct VideoFormat {
    std::string name;     ///< row of the codec table
    std::string encoder;  ///< libavcodec's name
    std::string decoder;  ///< libavcodec's name
    /// Encoder options, as the ffmpeg program spells them.
    std::string (*options)(int qp, int bframe_bias);
};

/// Knobs not in use take these values.
constexpr int kNeutralQp = 20;
constexpr int kNeutralBframeBias = 0;

std::unique_ptr<Codec> make_h264(const std::string& preset);
std::unique_ptr<Codec> make_h265(const std::string& preset);

/// The picture size sent at a resolution scale: each side rounded to the nearest even number, at
/// least 16.
cv::Size sent_size(cv::Size analysis, double scale);

}  // namespace oneadapt
