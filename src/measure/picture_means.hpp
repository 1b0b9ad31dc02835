#pragma once

#include <opencv2/core.hpp>

#include "measure/lab.hpp"

namespace oneadapt {

/// How bright the pictures are that a DNN sees of a segment's source: how loud a sound is, how far
/// a depth picture looks.
struct Means {
    double gflop = 0;  ///< billion operations that it took
    /// From 0 to 1, mean of each tile over all frames, edge tiles over the pixels there are:
    /// CV_32F, ceil(height/16) x ceil(width/16).
    cv::Mat tiles;
};

/// The means of pictures as the DNN sees them, all channels alike (InputSpace).
struct PictureMeans {
    using Value = Means;
    static constexpr const char* kName = "picture means";

    void key(Hasher& hasher, const Lab& lab) const;
    Means measure(Lab& lab) const;
};

Bytes to_bytes(const Means& means);
void from_bytes(std::span<const std::byte> bytes, Means& means);

}  // namespace oneadapt
