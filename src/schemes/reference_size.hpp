#pragma once

#include <cstdint>

#include "schemes/parameters.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt {

/// Size of the reference encode, which a camera-side scheme needs to price bandwidth. It costs an
/// encode like any other; OneAdapt's code makes it every segment, without counting it.
class ReferenceSize {
  public:
    explicit ReferenceSize(int every) : every_(every) {}

    static ParameterSpec parameter() {
        return {"reference-every",
                1.0,
                "segments between encodes of the reference for its size",
                1,
                1e6,
                {}};
    }

    double bytes(Testbed& testbed) {
        if (testbed.segment().index % every_ == 0 || bytes_ == 0) {
            bytes_ = static_cast<double>(testbed.encode(testbed.space().reference())->bytes);
        }
        return bytes_;
    }

  private:
    int every_;
    double bytes_ = 0;
};

/// Bytes of a saliency map on the downlink, two for each tile.
inline std::int64_t saliency_bytes(const Gradient& gradient) {
    return 2 * static_cast<std::int64_t>(gradient.saliency.total());
}

}  // namespace oneadapt
