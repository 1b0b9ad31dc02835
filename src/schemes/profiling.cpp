#include "schemes/profiling.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace oneadapt {

Profiler::Profiler(Testbed& testbed)
    : testbed_(testbed), played_(play_configuration(testbed, testbed.space().reference())) {
    reference_ = profile(played_.how).plain;
}

ProfilePoint Profiler::profile(const Configuration& configuration) {
    Server& server = testbed_.server();
    const Profiled& seen = server.read(server.profile(played_.received, configuration));
    const Ledger& reference = played_.how == configuration ? seen.plain : reference_;
    return {.configuration = configuration,
            .plain = seen.plain,
            .cost = testbed_.prices().cost(seen.plain, reference),
            .accuracy = seen.accuracy};
}

OnCamera<Configuration> send_choice(Testbed& testbed, const Configuration& choice) {
    const auto bytes = static_cast<std::int64_t>(choice.text().size());
    return testbed.link().down(testbed.server().make(choice), bytes);
}

std::vector<Configuration> strided_grid(const KnobSpace& space, std::size_t stride) {
    std::vector<Knob> knobs;
    for (const Knob& knob : space.knobs()) {
        Knob coarse{knob.name, {}};
        for (std::size_t i = 0; i < knob.size(); i += stride) {
            coarse.values.push_back(knob.values[i]);
        }
        knobs.push_back(std::move(coarse));
    }
    return KnobSpace(std::move(knobs)).grid();
}

std::vector<ProfilePoint> pareto(std::vector<ProfilePoint> points) {
    std::ranges::sort(points, [](const ProfilePoint& a, const ProfilePoint& b) {
        return a.cost != b.cost ? a.cost < b.cost : a.accuracy > b.accuracy;
    });
    std::vector<ProfilePoint> front;
    for (ProfilePoint& point : points) {
        if (front.empty() || point.accuracy > front.back().accuracy) {
            front.push_back(std::move(point));
        }
    }
    return front;
}

int profiling_lag(int frames, int frames_per_segment) {
    if (frames_per_segment <= 0) return 0;
    return (frames + frames_per_segment - 1) / frames_per_segment;
}

double target_of_weight(double weight) {
    return 1.0 / (1.0 + weight / 4.0);
}

void PendingChoice::set(OnCamera<Configuration> configuration, int effective_segment) {
    configuration_ = std::move(configuration);
    effective_segment_ = effective_segment;
}

void PendingChoice::apply(Testbed& testbed, Configuration& current) {
    if (!configuration_ || testbed.segment().index < effective_segment_) return;
    current = testbed.camera().read(std::exchange(configuration_, {}));
}

}  // namespace oneadapt
