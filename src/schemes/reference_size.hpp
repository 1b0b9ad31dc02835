#pragma once

#include <cstdint>
#include <optional>

#include "schemes/parameters.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt {

/// The reference encode, which a camera-side scheme needs to price bandwidth and GPU work. It costs
/// an encode like any other; OneAdapt's code makes it every segment, without counting it.
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

    /// By how much a configuration costs more than another, as a share of what the reference costs.
    double saved(Testbed& testbed, const Configuration& dear, const Configuration& cheap) {
        Camera& camera = testbed.camera();
        const int now = testbed.segment().index;
        if (!reference_ || (now % every_ == 0 && now != encoded_at_)) {
            reference_ = camera.demand(testbed.space().reference());
            encoded_at_ = now;
        }
        return testbed.prices().difference(camera.demand(dear), camera.demand(cheap), *reference_);
    }

  private:
    int every_;
    std::optional<Ledger> reference_;
    int encoded_at_ = 0;
};

/// Bytes of a saliency map on the downlink, two for each tile.
inline std::int64_t saliency_bytes(const DnnGrad& gradient) {
    return 2 * static_cast<std::int64_t>(gradient.saliency.size().area());
}

}  // namespace oneadapt
