#pragma once

#include <cstddef>
#include <vector>

#include "testbed/link.hpp"

namespace oneadapt {

/// AWStream's run-time controller: Startup, Degrade, Steady and Probe over the levels of a profile
/// (AWStream, SIGCOMM'18, and its authors' code; see the constants).
class RateControl {
  public:
    enum class State { startup, degrade, steady, probe };

    /// `congestion_s`: queueing delay that counts as congestion.
    explicit RateControl(double congestion_s) : congestion_s_(congestion_s) {}

    /// Replaces the profile: bytes per second of each level, ascending. The level stays, bounded by
    /// the new number of levels.
    void set_levels(std::vector<double> bytes_per_second);

    /// Feeds what the sender saw, one tick of `tick_s` seconds after the other.
    void observe(const std::vector<LinkTick>& ticks, double tick_s);

    std::size_t level() const { return level_; }
    State state() const { return state_; }
    /// Whether the measured rate has room for that much.
    bool fits(double bytes_per_second) const;
    /// Extra bytes per second to send while probing.
    double padding() const;

  private:
    void on_empty();
    void on_congestion();
    void degrade_to_rate();
    void enter(State state);
    bool at_top() const { return level_ + 1 >= levels_.size(); }

    double congestion_s_;
    std::vector<double> levels_;
    std::size_t level_ = 0;
    State state_ = State::startup;
    double rate_ = 0;  ///< R: smoothed bytes per second
    int clean_ticks_ = 0;
    int signals_ = 0;  ///< signals ignored so far in this state
    int probe_steps_ = 0;
};

}  // namespace oneadapt
