#include "schemes/periodic_grid.hpp"

#include <algorithm>

namespace oneadapt {

PeriodicGrid::PeriodicGrid(const SchemeSetting& setting)
    : weight_(setting.goal.price()),
      grid_(strided_grid(setting.space,
                         static_cast<std::size_t>(setting.parameters.whole("stride")))),
      frames_per_segment_(setting.parameters.whole("compute-limit")),
      current_(setting.space.reference()) {}

ParameterSpec PeriodicGrid::stride(double otherwise) {
    return {"stride", otherwise, "oneadapt-paper: every n-th value of each knob", 1, 100, {}};
}

ParameterSpec PeriodicGrid::compute_limit() {
    return {"compute-limit", 5.0, "oneadapt-paper: extra inferences per segment", 1, 1e6, {}};
}

Delivery PeriodicGrid::play(Testbed& testbed) {
    if (testbed.segment().index < next_profile_) {
        return play_configuration(testbed, current_).delivery();
    }
    Profiler profiler(testbed);
    const Ledger previous = profiler.profile(current_).plain;
    double best = 0;
    Configuration choice = current_;
    for (const Configuration& configuration : grid_) {
        const ProfilePoint point = profiler.profile(configuration);
        const double loss =
            (1.0 - point.accuracy) + weight_ * testbed.prices().cost(point.plain, previous);
        if (configuration == grid_.front() || loss < best) {
            best = loss;
            choice = configuration;
        }
    }
    current_ = choice;
    const int frames = static_cast<int>(grid_.size()) * testbed.segment().frames;
    next_profile_ =
        testbed.segment().index + std::max(1, profiling_lag(frames, frames_per_segment_));
    current_ = testbed.camera().read(send_choice(testbed, current_));
    return profiler.played().delivery();
}

}  // namespace oneadapt
