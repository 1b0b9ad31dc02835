#include "schemes/profiling.hpp"

#include <algorithm>
#include <utility>

namespace oneadapt {

Delivery play_reference(Testbed& testbed) {
    const Configuration reference = testbed.space().reference();
    testbed.send(reference);
    return {testbed.infer(reference), reference};
}

ProfilePoint profile_point(Testbed& testbed, const Configuration& configuration) {
    const Profiled profiled = testbed.profile(configuration);
    return {configuration, static_cast<double>(profiled.bytes), profiled.priced_bytes,
            profiled.accuracy};
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

void PendingChoice::set(Configuration configuration, int effective_segment) {
    configuration_ = std::move(configuration);
    effective_segment_ = effective_segment;
}

void PendingChoice::apply(int segment, Configuration& current) {
    if (!configuration_ || segment < effective_segment_) return;
    current = *std::exchange(configuration_, std::nullopt);
}

}  // namespace oneadapt
