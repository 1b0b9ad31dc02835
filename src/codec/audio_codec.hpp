#pragma once

#include <memory>
#include <string>

#include "codec/codec.hpp"

namespace oneadapt {

/// Knobs not in use take these values. The sample rate is that of the analysis.
constexpr double kNeutralAudioBitrate = 32;  ///< kbit/s

/// FLAC at the sample rate sent: bytes follow the rate.
std::unique_ptr<Codec> make_flac(const std::string& preset);

/// Opus at a target bit rate. It takes 8, 12, 16, 24 and 48 kHz; sound of another sample rate is
/// brought to the next of these, and so loses what the lower rate cannot carry.
std::unique_ptr<Codec> make_opus(const std::string& preset);

}  // namespace oneadapt
