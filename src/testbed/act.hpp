#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "support/units.hpp"

namespace oneadapt {

/// Who does something in the testbed.
enum class Actor { camera, uplink, server, downlink };

/// Something that was done, and charged but for the results' way back.
struct Act {
    Actor actor = Actor::camera;
    std::string what;  ///< e.g. "encode qp=30"
    SimSeconds from;
    SimSeconds to;
    std::int64_t bytes = 0;  ///< sent
};

/// Is told every act in the order in which the scheme asked for them.
using ActHook = std::function<void(const Act&)>;

}  // namespace oneadapt
