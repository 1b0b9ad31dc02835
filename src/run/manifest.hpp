#pragma once

#include <nlohmann/json_fwd.hpp>

#include "run/plan.hpp"

namespace oneadapt {

/// What the manifest says of a run: its whole spec, from which `oneadapt-sim run` replays it, and
/// beside it what was used: hashes, versions, the trace. Throws InputError when a file cannot be
/// read.
nlohmann::json describe(const Session& session);

}  // namespace oneadapt
