#pragma once

#include <vector>

#include "dnn/output.hpp"
#include "measure/lab.hpp"

namespace oneadapt {

/// Boxes of one frame as they were found again in another.
struct Followed {
    double gflop = 0;              ///< billion operations that it took
    std::vector<Detection> boxes;  ///< those whose middle is still in the frame
    double farthest = 0;           ///< pixels that the box which moved most has moved
    /// Standard deviation of how far the corners of one box moved, in pixels, of the box with the
    /// largest: a large one says that it was lost (Glimpse).
    double spread = 0;
};

/// Follows boxes from a frame to another by sparse optical flow: up to 50 corners of Shi and Tomasi
/// in each box and 2 pixels round it (quality 0.01, 7 pixels apart), found again by the pyramidal
/// method of Lucas and Kanade (windows of 15x15, two levels above the picture); constants as in
/// Glimpse's public ports. A box moves by the median of its corners, and grows or shrinks as they
/// lie apart; one without corners stays.
struct Follow {
    using Value = Followed;
    static constexpr const char* kName = "follow";

    std::vector<Detection> boxes;  ///< in frame `from`
    int from = 0;
    int to = 0;

    void key(Hasher& hasher, const Lab& lab) const;
    Followed measure(Lab& lab) const;
};

Bytes to_bytes(const Followed& followed);
void from_bytes(std::span<const std::byte> bytes, Followed& followed);

}  // namespace oneadapt
