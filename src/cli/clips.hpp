#pragma once

#include <vector>

#include "cli/options.hpp"
#include "dnn/task.hpp"
#include "media/clip.hpp"

namespace oneadapt {

/// The clips that a command line names: files, a manifest, or the embedded dataset of the input.
/// Clips with a scene whose recording is missing are rendered first (not when replaying offline).
/// Throws InputError, UsageError for clips of another medium, or OutputError when a rendering
/// cannot be written.
std::vector<ClipSpec> find_clips(const RunOptions& options, const TaskInput& input);

}  // namespace oneadapt
