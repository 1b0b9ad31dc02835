#include "testbed/testbed.hpp"

namespace oneadapt {

Testbed::Testbed(const World& world, Goal goal)
    : ground_{.world = world}, goal_(goal), camera_(ground_), link_(ground_), server_(ground_) {}

std::vector<DnnProfile> Testbed::profile() const {
    std::vector<DnnProfile> profile;
    for (const WorldDnn& known : ground_.world.dnns) {
        profile.push_back({.name = known.dnn->size,
                           .seconds = known.seconds,
                           .watts = known.watts,
                           .cap_watts = known.cap_watts,
                           .exits = known.exits,
                           .accuracy = known.accuracy});
    }
    return profile;
}

std::optional<SimSeconds> Testbed::due() const {
    if (!goal_.deadline) return std::nullopt;
    const SegmentInfo& s = segment();
    return s.start + s.duration + *goal_.deadline - (link_.result_down({}) - SimSeconds{});
}

}  // namespace oneadapt
