#pragma once

#include <map>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/options.hpp"
#include "sim/replay.hpp"
#include "sim/workbench.hpp"

namespace oneadapt {

/// A command line made concrete: names looked up, files found, the trace open.
struct Session {
    std::unique_ptr<Trace> trace;
    std::unique_ptr<Workbench> workbench;
    ReplayPlan plan;
    std::map<double, ModelFile> models;  ///< see Instruments::dnns
    std::string codec;
    std::string preset;
    std::string device;
};

/// The options with the defaults that depend on one another filled in: model, input, codec, preset
/// and knobs. Throws UsageError and ModelError.
RunOptions resolve(RunOptions options);

/// Looks everything up and opens the trace. Throws UsageError, InputError, ModelError, TraceError
/// or OutputError, before anything is measured.
Session open_session(const RunOptions& options);

/// The schemes of a default run, in the order of its table.
std::vector<std::string> default_schemes();

/// Reads "qp=20,30,40" items.
std::map<std::string, std::vector<double>> parse_values(const std::vector<std::string>& items);

/// What the manifest says of a run: resolved parameters, versions, hashes.
nlohmann::json describe(const Session& session, const RunOptions& options);

}  // namespace oneadapt
