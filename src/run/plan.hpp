#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "run/fields.hpp"
#include "run/spec.hpp"
#include "sim/replay.hpp"
#include "sim/workbench.hpp"

namespace oneadapt {

/// The spec with every default filled in, so that it says all that decides the result; the same for
/// a spec that was resolved before. Throws UsageError, ModelError and InputError.
RunSpec resolve(RunSpec spec);

/// The spec without what resolve() would fill in, so that when a field is changed the defaults that
/// follow from it change along. A spec that cannot be resolved is left as it is.
RunSpec without_defaults(const RunSpec& spec);

/// The spec of a file, see load_spec(), with the given fields changed and the defaults that follow
/// from them. Throws InputError and UsageError.
RunSpec load_changed(const std::filesystem::path& file, const GivenTexts& given);

/// The file without the part that it shares with the folder that the program runs in, so that specs
/// and manifests read the same elsewhere.
std::filesystem::path seen_from_here(const std::filesystem::path& file);

/// Worker threads: those asked for, else one per core.
int worker_count(const Execution& execution);

/// What sessions of one trace share: it is opened once, and a DNN is loaded once.
struct Shared {
    std::shared_ptr<Trace> trace = {};
    std::map<std::string, std::shared_ptr<Workbench>> workbenches = {};  ///< by all that names them
};

/// A spec made concrete: names looked up, files found, the trace open.
struct Session {
    RunSpec spec;         ///< resolved
    Execution execution;  ///< with the number of jobs
    std::shared_ptr<Trace> trace;
    std::shared_ptr<Workbench> workbench;
    ReplayPlan plan;
    std::vector<ModelFile> models;       ///< see Instruments::dnns
    std::vector<ModelFile> auxiliaries;  ///< see Instruments::auxiliaries
};

/// Looks everything up and opens the trace; clips may still be missing. Throws UsageError,
/// InputError, ModelError, TraceError or OutputError, before anything is measured.
Session open_session(const RunSpec& spec, const Execution& execution);

/// The same beside other sessions of that trace and those jobs.
Session open_session(const RunSpec& spec, const Execution& execution, Shared& shared);

}  // namespace oneadapt
