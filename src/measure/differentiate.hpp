#pragma once

#include "dnn/model.hpp"
#include "measure/lab.hpp"

namespace oneadapt {

using GradientPtr = std::shared_ptr<const Gradient>;

/// DNNGrad of the last kept frame received.
struct Differentiate {
    using Value = Gradient;
    static constexpr const char* kName = "gradient";

    Recipe recipe;
    const Dnn* dnn = nullptr;
    double floor = 0;  ///< of the scores that count

    void key(Hasher& hasher, const Lab& lab) const;
    Gradient measure(Lab& lab) const;
};

Bytes to_bytes(const Gradient& gradient);
void from_bytes(std::span<const std::byte> bytes, Gradient& gradient);

}  // namespace oneadapt
