#pragma once

#include <cstdint>

#include "support/units.hpp"

namespace oneadapt {

/// What one scheme paid for one segment. Every act in the testbed is charged here, for all schemes
/// alike.
struct Ledger {
    std::int64_t uplink_bytes = 0;
    std::int64_t downlink_bytes = 0;
    int camera_encodes = 0;   ///< frames that the camera encoded, probes and neighbours included
    int server_encodes = 0;   ///< frames that the server re-encoded to profile configurations
    int forward_frames = 0;   ///< frames inferred
    int backward_frames = 0;  ///< frames backpropagated
    double gflop = 0;         ///< of DNNs, on either machine
    SimSeconds busy_camera = {};
    SimSeconds busy_server = {};
    double energy_j = 0;
    double server_j = 0;  ///< the server's part of it, idle power included

    friend bool operator==(const Ledger&, const Ledger&) = default;
};

}  // namespace oneadapt
