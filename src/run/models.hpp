#pragma once

#include <vector>

#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "run/spec.hpp"
#include "sim/workbench.hpp"

namespace oneadapt {

/// The file of the shipped model of a task's input. Throws UsageError when its size is to be
/// adapted and it comes in one alone.
std::filesystem::path shipped_model(const Task& task, const RunSpec& spec);

/// The sidecar of the model that the spec names. Throws ModelError when it is of another task or
/// medium, UsageError when one sidecar is given for several sizes.
Sidecar matching_sidecar(const RunSpec& spec, const Task& task);

/// The models of a run, the most expensive first: the one that the spec names or, where a knob
/// chooses among sizes of it, those of its values. Files NAME-SIZE.pt beside each other, any of
/// which may be named, are the sizes of a family. Throws UsageError when the name is of no family,
/// ModelError when a size is missing (offline, its sidecar) or differs in more than weights and
/// thresholds.
std::vector<ModelFile> find_models(const RunSpec& spec, const Task& task, const KnobSpace& space,
                                   bool offline);

}  // namespace oneadapt
