#pragma once

#include <filesystem>

#include "cli/options.hpp"

namespace oneadapt {

/// Replays a run (a results folder, a manifest or a spec) from its trace and writes what its users
/// saw as COCO has results, scored, into the folder `--out`, see write_coco(). Throws UsageError
/// where the DNN says no boxes.
int coco_command(const std::filesystem::path& run, const RunOptions& changes);

}  // namespace oneadapt
