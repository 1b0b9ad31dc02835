#pragma once

#include "support/units.hpp"
#include "testbed/world.hpp"

namespace oneadapt {

/// What the server will do, whatever is still to come: an unpriced interface that yardsticks get.
class ServerFuture {
  public:
    /// `world` outlives it.
    explicit ServerFuture(const World& world) : world_(world) {}

    /// When work of that many seconds, undisturbed, is done that begins then.
    SimSeconds done_at(SimSeconds from, double seconds) const;
    /// Idle power over power while inferring, between two times; 0 where no time passes.
    double idle_ratio(SimSeconds from, SimSeconds until) const;

  private:
    const World& world_;
};

}  // namespace oneadapt
