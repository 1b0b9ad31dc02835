#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace oneadapt::speech {

enum class NoiseKind {
    white,
    pink,
    hum,     ///< a machine: harmonics of 50 Hz that swell
    babble,  ///< several voices at once, without words
    street   ///< rumble, louder as vehicles pass
};

/// Their names, in the order of the enumeration.
const std::vector<std::string>& noise_names();

/// Noise of mean power 1; depends on the arguments alone.
std::vector<float> make_noise(NoiseKind kind, std::size_t samples, std::uint32_t seed);

}  // namespace oneadapt::speech
