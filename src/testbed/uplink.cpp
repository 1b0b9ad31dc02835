#include "testbed/uplink.hpp"

#include <algorithm>
#include <cmath>

namespace oneadapt {

SimSeconds Uplink::send(SimSeconds ready, std::int64_t bytes) {
    if (!rate_) return ready + latency_;
    free_ = rate_->finish(std::max(ready, free_), bytes);
    return free_ + latency_;
}

const std::vector<LinkTick>& Uplink::watch(SimSeconds start, SimSeconds duration,
                                           std::int64_t bytes) {
    ticks_.clear();
    if (!rate_) return ticks_;
    constexpr double kTick = 0.1;
    const int count = std::max(1, static_cast<int>(std::lround(duration.value / kTick)));
    const double length = duration.value / count;
    for (int i = 0; i < count; ++i) {
        const SimSeconds from = start + SimSeconds{i * length};
        watched_queue_ += static_cast<double>(bytes) / count;
        const double sent =
            std::min(watched_queue_, rate_->capacity(from, from + SimSeconds{length}));
        watched_queue_ -= sent;
        ticks_.push_back({watched_queue_, sent});
    }
    return ticks_;
}

}  // namespace oneadapt
