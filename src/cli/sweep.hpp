#pragma once

#include <filesystem>
#include <string>

#include "run/experiment.hpp"
#include "run/spec.hpp"

namespace oneadapt {

/// What a sweep is told beside its experiment.
struct SweepOptions {
    std::filesystem::path spec;  ///< the experiment
    std::string shard = "0/1";   ///< INDEX/COUNT: which cells
    bool go_on = false;          ///< keep what a changed experiment still has
    bool dry = false;            ///< say what would be done, and do nothing
    bool record = false;         ///< measure, and write no results
    bool collect = false;        ///< play nothing, only write the tables
};

/// Where the results of an experiment go.
std::filesystem::path sweep_folder_of(const Experiment& experiment, const Execution& execution);

/// Plays the cells of an experiment that are not finished, and collects the results of all; see
/// SweepFolder. Returns ok, or the code of the first cell that failed. Throws what ends the whole
/// sweep: what is wrong with the experiment or its folder, a trace that is none, a full disk, and
/// Ctrl-C.
int sweep_command(const SweepOptions& options, const Execution& execution,
                  const std::string& command_line);

}  // namespace oneadapt
