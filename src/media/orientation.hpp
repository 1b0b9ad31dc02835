#pragma once

#include <compare>

#include "media/libav.hpp"

namespace oneadapt {

/// How a stored picture becomes the one to be shown: transposed (its first row becomes the first
/// column) if so, then mirrored left to right, top to bottom, or both.
struct Orientation {
    bool transposed = false;
    bool mirrored = false;
    bool flipped = false;

    friend auto operator<=>(const Orientation&, const Orientation&) = default;
};

/// What the frame's display matrix asks for, to the nearest quarter turn; upright without one.
Orientation orientation_of(const AVFrame& frame);

/// The filters of libavfilter that bring it about, with a comma after each.
const char* turning_filters(const Orientation& orientation);

}  // namespace oneadapt
