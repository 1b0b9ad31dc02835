#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "support/units.hpp"
#include "testbed/link_rate.hpp"

namespace oneadapt {

/// What AWStream's sender sees every 100 ms.
struct LinkTick {
    double queued_bytes = 0;  ///< waiting at the tick's end
    double sent_bytes = 0;    ///< carried during the tick
};

/// The one queue between camera and server: first in, first out. Without a LinkRate it carries
/// everything at once.
class Uplink {
  public:
    Uplink(std::optional<LinkRate> rate, SimSeconds latency)
        : rate_(std::move(rate)), latency_(latency) {}

    bool limited() const { return rate_.has_value(); }
    SimSeconds latency() const { return latency_; }

    /// Sends bytes that are ready at `ready`; returns when the last of them arrives.
    SimSeconds send(SimSeconds ready, std::int64_t bytes);

    /// The sender's monitor over one segment whose `bytes` enter the queue evenly, as a live
    /// encoder emits them. Empty without a LinkRate.
    const std::vector<LinkTick>& watch(SimSeconds start, SimSeconds duration, std::int64_t bytes);

  private:
    std::optional<LinkRate> rate_;
    SimSeconds latency_;
    SimSeconds free_;
    double watched_queue_ = 0;
    std::vector<LinkTick> ticks_;
};

}  // namespace oneadapt
