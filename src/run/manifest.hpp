#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "report/results.hpp"
#include "run/plan.hpp"
#include "run/used_files.hpp"

namespace oneadapt {

/// What the manifest says of a run: its whole spec, from which `oneadapt-sim run` replays it, and
/// beside it what was used: files with their hashes, versions, the trace; and what failed.
nlohmann::json describe(const Session& session, const UsedFiles& files,
                        const std::vector<ReplayFailure>& failures);

/// How the results of a resolved spec are worked out.
ReportOptions report_options(const RunSpec& spec);

}  // namespace oneadapt
