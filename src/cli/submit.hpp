#pragma once

#include <filesystem>
#include <string>

#include "run/spec.hpp"

namespace oneadapt {

/// How a sweep is handed to Slurm.
struct SubmitOptions {
    std::filesystem::path spec;  ///< the experiment
    int shards = 1;              ///< tasks of each job array
    int cpus = 1;                ///< of each task
    std::string partition = {};
    std::string time = {};
    std::string account = {};
    bool dry = false;  ///< write the scripts, and submit nothing
};

/// Writes the scripts of a sweep in job arrays into the folder `slurm` of its results, and submits
/// them: shards record what they measure, each into a trace of its own; the traces are merged; the
/// shards are replayed from the merged trace; the tables are collected. A task that is killed,
/// requeued or run twice does again what is missing. Prints the numbers of the jobs.
///
/// Throws what is wrong with the experiment, OutputError, and InstallationError where sbatch cannot
/// be run or refuses a job; jobs that were submitted before it are then cancelled.
int submit_command(const SubmitOptions& options, const Execution& execution);

}  // namespace oneadapt
