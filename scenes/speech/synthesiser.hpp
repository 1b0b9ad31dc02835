#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "voice.hpp"

namespace oneadapt::speech {

/// What a synthesiser says, at its own rate.
struct Speech {
    int rate = sample_rate;  ///< Hz
    std::vector<std::int16_t> samples;
};

/// Speaks a text in this process, where it may leave state behind that changes what is said next.
/// No samples where the voice cannot be had.
Speech synthesise(const std::string& text, const Delivery& delivery);

}  // namespace oneadapt::speech
