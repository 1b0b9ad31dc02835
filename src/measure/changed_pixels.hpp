#pragma once

#include <opencv2/core.hpp>

#include "measure/lab.hpp"

namespace oneadapt {

/// How many pixels of a picture changed from one frame of a segment to another.
struct PixelChange {
    double gflop = 0;  ///< billion operations that it took
    double share = 0;  ///< of the picture's pixels
    /// The share of each tile: CV_32F, ceil(height/16) x ceil(width/16). Empty unless asked for.
    cv::Mat tiles;
};

/// Pixels whose grey level changed by more than 35 of 255 (Glimpse), which is 30 of the luma as it
/// is recorded (16 to 235).
struct ChangedPixels {
    using Value = PixelChange;
    static constexpr const char* kName = "changed pixels";

    int from = 0;
    int to = 0;
    bool by_tile = false;

    void key(Hasher& hasher, const Lab& lab) const;
    PixelChange measure(Lab& lab) const;
};

Bytes to_bytes(const PixelChange& change);
void from_bytes(std::span<const std::byte> bytes, PixelChange& change);

}  // namespace oneadapt
