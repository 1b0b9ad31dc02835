#pragma once

#include <opencv2/core.hpp>

#include "measure/lab.hpp"

namespace oneadapt {

/// How much each tile of a frame matters to a DNN, as a camera's network sees it.
struct Importance {
    cv::Mat tiles;  ///< CV_32F in [0,1], ceil(H/16) x ceil(W/16)
};

/// What a network of AuxiliaryUse::tiles says of a frame as it was captured.
struct PredictImportance {
    using Value = Importance;
    static constexpr const char* kName = "importance";

    const Auxiliary* network = nullptr;
    int frame = 0;

    void key(Hasher& hasher, const Lab& lab) const;
    Importance measure(Lab& lab) const;
};

Bytes to_bytes(const Importance& importance);
void from_bytes(std::span<const std::byte> bytes, Importance& importance);

}  // namespace oneadapt
