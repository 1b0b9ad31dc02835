#pragma once

#include <vector>

#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "run/spec.hpp"
#include "sim/workbench.hpp"

namespace oneadapt {

/// The DNNs that a zoo offers, as values of the knob that chooses among them: NAME of each NAME.pt,
/// and NAME@K where it stops after exit K. Throws UsageError where there is one alone, or two files
/// of a name, or no knob.
std::vector<KnobValue> zoo_values(const RunSpec& spec);

/// The file of the shipped model of a task's input. Throws UsageError when its size is to be
/// adapted and it comes in one alone.
std::filesystem::path shipped_model(const Task& task, const RunSpec& spec);

/// The sidecar of the model that the spec names, of a zoo the first. Throws ModelError when it is
/// of another task or medium, UsageError when one sidecar is given for several sizes.
Sidecar matching_sidecar(const RunSpec& spec, const Task& task);

/// The models of a run, the most expensive first: the one that the spec names or, where a knob
/// chooses among sizes of it, those of its values. Files NAME-SIZE.pt beside each other, any of
/// which may be named, are the sizes of a family; a zoo's are those that it offers. Those of a zoo
/// may be in any order. Exits that nothing chooses, but an anytime DNN that is stopped delivers,
/// follow. Throws UsageError when the name is of no family, or the zoo offers no such DNN;
/// ModelError when a model is missing (offline, its sidecar) or differs in more than weights,
/// thresholds and exits.
std::vector<ModelFile> find_models(const RunSpec& spec, const Task& task, const KnobSpace& space,
                                   bool offline);

/// Puts the DNNs of a zoo in the order of their work, the most expensive first, and the values of
/// the knob along; leaves any other run as it is. Measures GFLOP that the trace does not have.
void order_zoo(RunSpec& spec, std::vector<ModelFile>& models, const WorkbenchOptions& options,
               Trace& trace);

/// The networks beside the model that the spec names which its schemes need.
std::vector<ModelFile> find_auxiliaries(const RunSpec& spec, const Sidecar& model);

}  // namespace oneadapt
