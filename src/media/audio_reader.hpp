#pragma once

#include <memory>

#include "media/clip.hpp"

namespace oneadapt {

/// Opens a recording's sound: one channel (a weighted mean of those recorded) at
/// ReadOptions::sample_rate. A frame is 1 / fps seconds long; the last one is filled up with
/// silence.
///
/// Time counts from the first sample and goes by the recording's timestamps: a hole of up to
/// kLongestHole is filled with silence, what is recorded twice (up to 1 s) is left out; either,
/// once it comes to 0.1 s. Throws InputError for longer ones, and for rates outside 1 to 768 kHz.
std::unique_ptr<ClipReader> open_audio(const ClipSpec& clip, const ReadOptions& options);

}  // namespace oneadapt
