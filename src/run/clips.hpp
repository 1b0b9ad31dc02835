#pragma once

#include <vector>

#include "dnn/task.hpp"
#include "media/clip.hpp"
#include "run/spec.hpp"

namespace oneadapt {

/// The clips that a spec names: files, or a dataset (the embedded one of the input when it names
/// neither), whose recordings need not be there yet. Throws InputError, and UsageError for clips of
/// another medium.
std::vector<ClipSpec> find_clips(const RunSpec& spec, const TaskInput& input);

}  // namespace oneadapt
