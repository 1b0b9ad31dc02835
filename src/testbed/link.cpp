#include "testbed/link.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oneadapt {

SimSeconds Queue::send(SimSeconds ready, std::int64_t bytes) {
    if (!rate_) return ready;
    free_ = rate_->reach(std::max(ready, free_), static_cast<double>(bytes));
    return free_;
}

const std::vector<LinkTick>& Monitor::watch(SimSeconds start, SimSeconds duration,
                                            std::int64_t bytes) {
    ticks_.clear();
    if (!rate_) return ticks_;
    constexpr double kTick = 0.1;
    const int count = std::max(1, static_cast<int>(std::lround(duration.value / kTick)));
    const double length = duration.value / count;
    for (int i = 0; i < count; ++i) {
        const SimSeconds from = start + SimSeconds{i * length};
        queued_ += static_cast<double>(bytes) / count;
        const double sent = std::min(queued_, rate_->amount(from, from + SimSeconds{length}));
        queued_ -= sent;
        ticks_.push_back({queued_, sent});
    }
    return ticks_;
}

Link::Link(Ground& ground)
    : ground_(ground),
      up_(ground.world.environment.uplink, {ground.world.device.latency_s}),
      down_(ground.world.environment.downlink, {ground.world.device.latency_s}),
      monitor_(ground.world.environment.uplink) {}

SimSeconds Link::carry_up(SimSeconds ready, std::int64_t bytes, const std::string& name) {
    const SimSeconds left = up_.send(ready, bytes);
    ground_.ledger.uplink_bytes += bytes;
    ground_.enter(Actor::uplink, ready, left + up_.latency(), bytes, [&] { return name; });
    return left + up_.latency();
}

SimSeconds Link::carry_down(SimSeconds ready, std::int64_t bytes) {
    const SimSeconds left = down_.send(ready, bytes);
    ground_.ledger.downlink_bytes += bytes;
    ground_.enter(Actor::downlink, ready, left + down_.latency(), bytes,
                  [] { return std::string("message"); });
    return left + down_.latency();
}

OnServer<Received> Link::up(const OnCamera<Footage>& footage) {
    const auto& [plan, encoding] = *what(footage);
    OnServer<Received>& received = received_[plan];
    if (received) return received;
    const SimSeconds arrived = carry_up(when(footage), encoding->bytes, "footage");
    for (const int frame : encoding->kept) frames_.at(static_cast<std::size_t>(frame)) = true;
    received = at<Place::server>(
        std::make_shared<const Received>(Received{Recipe(plan), encoding->kept}), arrived);
    return received;
}

void Link::pad(std::int64_t bytes) {
    carry_up(ground_.captured(ground_.lab->segment().frames - 1), bytes, "padding");
}

void Link::begin() {
    received_.clear();
    frames_.assign(static_cast<std::size_t>(ground_.lab->segment().frames), false);
}

void Link::end() {
    const SegmentInfo& now = ground_.lab->segment();
    monitor_.watch(now.start + now.duration, now.duration, ground_.ledger.uplink_bytes);
}

}  // namespace oneadapt
