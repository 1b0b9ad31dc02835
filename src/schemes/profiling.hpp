#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// A configuration as a profile saw it.
struct ProfilePoint {
    Configuration configuration;
    double bytes = 0;     ///< per segment
    double cost = 0;      ///< bytes and GPU work together, see priced_bytes()
    double accuracy = 0;  ///< against the reference's output
};

/// Uploads the reference and infers it: the price of entry to profile anything on the server. The
/// reference is then also what the segment is played with.
Delivery play_reference(Testbed& testbed);

/// Profiles a configuration after play_reference().
ProfilePoint profile_point(Testbed& testbed, const Configuration& configuration);

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
    void set(Configuration configuration, int effective_segment);
    /// Moves the pending choice into `current` once its segment has come.
    void apply(int segment, Configuration& current);

  private:
    std::optional<Configuration> configuration_;
    int effective_segment_ = 0;
};

}  // namespace oneadapt
