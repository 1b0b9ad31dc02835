#pragma once

#include <vector>

#include "dnn/output.hpp"
#include "measure/lab.hpp"

namespace oneadapt {

/// What a DNN is unsure of in a segment: one entry per frame, a dropped frame repeating the last
/// analysed one.
struct Proposals {
    std::vector<FrameProposals> frames;

    friend bool operator==(const Proposals&, const Proposals&) = default;
};

/// What a DNN is unsure of in every frame of the segment as received; see Model::propose(). Of
/// frames before the first kept one, nothing.
struct Propose {
    using Value = Proposals;
    static constexpr const char* kName = "proposals";

    Recipe recipe;
    const Dnn* dnn = nullptr;
    double floor = 0;  ///< of the scores of boxes

    void key(Hasher& hasher, const Lab& lab) const;
    Proposals measure(Lab& lab) const;
};

Bytes to_bytes(const Proposals& proposals);
void from_bytes(std::span<const std::byte> bytes, Proposals& proposals);

}  // namespace oneadapt
