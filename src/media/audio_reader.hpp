#pragma once

#include <memory>

#include "media/clip.hpp"

namespace oneadapt {

/// Opens a recording's sound: one channel (a weighted mean of those recorded) at
/// ReadOptions::sample_rate. A frame is 1 / fps seconds long; the last one is filled up with
/// silence.
std::unique_ptr<ClipReader> open_audio(const ClipSpec& clip, const ReadOptions& options);

}  // namespace oneadapt
