#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "run/spec.hpp"

namespace oneadapt {

/// What a manifest says of the program, and how it was called.
nlohmann::json program_json(const std::string& command_line);

/// The main job: replays the schemes, writes the results folder and prints the summary. Returns the
/// exit code: ok, or input when a clip failed and the others are reported. `command_line` goes into
/// the manifest. `from` is the file that the spec comes from, empty when it comes from options; see
/// check_unchanged().
int run_command(const RunSpec& spec, const Execution& execution, const std::string& command_line,
                const std::filesystem::path& from = {});

/// Measures into the trace what the schemes ask for, or the whole grid when none is named; writes
/// no results.
int record_command(const RunSpec& spec, const Execution& execution);

}  // namespace oneadapt
