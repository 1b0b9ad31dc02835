#pragma once

#include <memory>
#include <string>

#include "codec/codec.hpp"

namespace oneadapt {

/// Knobs not in use take these values; the frame rate is that of the analysis.
constexpr double kNeutralLidarBits = 14;
constexpr double kNeutralLidarPoints = 1;

/// Draco: a packet for each kept sweep, on its own, see encode_points() and thin_points().
std::unique_ptr<Codec> make_draco(const std::string& preset);

}  // namespace oneadapt
