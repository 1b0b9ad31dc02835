#pragma once

#include <string>
#include <vector>

#include "measure/lab.hpp"

namespace oneadapt {

/// How much the frames of a segment change: `from[i][j]` from frame i to frame i+1+j.
struct FrameChanges {
    double gflop = 0;  ///< billion operations that it took
    std::vector<std::vector<double>> from;
};

/// The changes of a segment of pictures by a feature of feature_table().
struct Change {
    using Value = FrameChanges;
    static constexpr const char* kName = "changes";

    std::string feature;     ///< FrameFeature::knob
    bool all_pairs = false;  ///< from each frame to every later one, else to the next alone

    void key(Hasher& hasher, const Lab& lab) const;
    FrameChanges measure(Lab& lab) const;
};

Bytes to_bytes(const FrameChanges& changes);
void from_bytes(std::span<const std::byte> bytes, FrameChanges& changes);

}  // namespace oneadapt
