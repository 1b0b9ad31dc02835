#pragma once

#include <cstddef>
#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// A configuration as a profile saw it.
struct ProfilePoint {
    Configuration configuration;
    Ledger plain;         ///< what playing it costs, see World::plain()
    double cost = 0;      ///< of that, in units of the reference's, see Prices::cost()
    double accuracy = 0;  ///< against the reference's output

    double bytes() const { return static_cast<double>(plain.uplink_bytes); }
};

/// Profiles configurations on the server in a segment that is played with the reference, whose
/// upload is the price of entry.
class Profiler {
  public:
    explicit Profiler(Testbed& testbed);

    /// What the segment is played with.
    const Played& played() const { return played_; }
    ProfilePoint profile(const Configuration& configuration);

  private:
    Testbed& testbed_;
    Played played_;
    Ledger reference_;
};

/// Sends a choice that the server made down to the camera, as its spelling.
OnCamera<Configuration> send_choice(Testbed& testbed, const Configuration& choice);

/// Every `stride`-th value of each knob, the most expensive first.
std::vector<Configuration> strided_grid(const KnobSpace& space, std::size_t stride);

/// The points that no other beats on both cost and accuracy, cheapest first.
std::vector<ProfilePoint> pareto(std::vector<ProfilePoint> points);

/// Segments until `frames` extra inferences are done at `frames_per_segment`; 0 when unlimited.
int profiling_lag(int frames, int frames_per_segment);

/// The accuracy target that a weight stands for in target-driven schemes: 1 / (1 + weight / 4),
/// a sweep from nearly 1 to nearly 0. Any monotone map draws the same frontier.
double target_of_weight(double weight);

/// A choice that takes effect at a later segment.
class PendingChoice {
  public:
    void set(OnCamera<Configuration> configuration, int effective_segment);
    /// Moves the pending choice into `current` once its segment has come, waiting for its arrival.
    void apply(Testbed& testbed, Configuration& current);

  private:
    OnCamera<Configuration> configuration_;
    int effective_segment_ = 0;
};

}  // namespace oneadapt
