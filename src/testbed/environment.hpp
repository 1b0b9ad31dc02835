#pragma once

#include <optional>

#include "testbed/series.hpp"

namespace oneadapt {

/// What changes over simulated time, whatever a scheme does. What is absent limits nothing, slows
/// nothing and draws nothing.
struct Environment {
    std::optional<Series> uplink = {};    ///< bytes per second
    std::optional<Series> downlink = {};  ///< bytes per second
    std::optional<Series> speed = {};  ///< of the server, 1 = as in the device profile, 0.5 = half
    std::optional<Series> idle_watts = {};  ///< of the server while it has nothing to do
    /// Of the server, its idle power over its power while inferring under the same cap; instead of
    /// the device profile's.
    std::optional<Series> idle_ratio = {};
    /// Where a recorded series ends that is not to be repeated; a segment that goes on beyond it
    /// cannot be played.
    std::optional<SimSeconds> end = {};
};

}  // namespace oneadapt
