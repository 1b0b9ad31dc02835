#pragma once

#include <nlohmann/json_fwd.hpp>

#include "run/plan.hpp"
#include "run/used_files.hpp"

namespace oneadapt {

/// What the manifest says of a run: its whole spec, from which `oneadapt-sim run` replays it, and
/// beside it what was used: files with their hashes, versions, the trace.
nlohmann::json describe(const Session& session, const UsedFiles& files);

}  // namespace oneadapt
