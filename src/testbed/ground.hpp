#pragma once

#include <string>
#include <utility>

#include "measure/lab.hpp"
#include "testbed/act.hpp"
#include "testbed/ledger.hpp"
#include "testbed/world.hpp"

namespace oneadapt {

/// What the machines of one cell stand on, for one segment: what they measure with and what they
/// write their work into.
struct Ground {
    const World& world;
    Lab* lab = nullptr;
    Ledger ledger = {};
    ActHook hook = {};

    /// Capture of that frame of the segment is complete.
    SimSeconds captured(int frame) const {
        const SegmentInfo& segment = lab->segment();
        return segment.start + SimSeconds{segment.seconds_to(frame + 1)};
    }

    /// Tells the hook. `describe` makes the act's name, which costs nothing while nobody listens.
    template <class Describe>
    void enter(Actor actor, SimSeconds from, SimSeconds to, std::int64_t bytes,
               const Describe& describe) const {
        if (hook) hook(Act{actor, describe(), from, to, bytes});
    }
};

}  // namespace oneadapt
