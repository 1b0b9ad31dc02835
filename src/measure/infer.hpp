#pragma once

#include "dnn/output.hpp"
#include "measure/lab.hpp"

namespace oneadapt {

/// What a DNN says of every frame of the segment as received, a dropped one repeating the last kept
/// one; of frames before the first kept one, nothing. With the threshold of that DNN.
struct Infer {
    using Value = Output;
    static constexpr const char* kName = "output";
    static constexpr const char* kLater = "output later";

    Recipe recipe;
    const Dnn* dnn = nullptr;

    void key(Hasher& hasher, const Lab& lab) const;
    Output measure(Lab& lab) const;
    /// The number of frames.
    static std::vector<double> outline(const Output& output) {
        return {static_cast<double>(output.frames.size())};
    }
    void settings(Hasher& hasher) const { hasher.add(dnn->threshold); }
    void settle(Output& output) const { output.threshold = dnn->threshold; }
};

/// Without its threshold.
Bytes to_bytes(const Output& output);
void from_bytes(std::span<const std::byte> bytes, Output& output);

}  // namespace oneadapt
