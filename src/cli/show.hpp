#pragma once

#include <filesystem>
#include <string>

#include "cli/options.hpp"

namespace oneadapt {

/// What is to be drawn.
struct ShowOptions {
    int segment = 0;
    std::string configuration;  ///< empty = the reference
};

/// Draws one segment of the run's first clip as the server receives it under a configuration, its
/// last kept frame: `output.png` (what the model says), `dnngrad.png` (the DNNGrad tile map) and
/// `difference.png` (the tile map of |received - source|), into the folder `--out`. Throws
/// UsageError for a segment that the clip has not, OutputError when a file cannot be written.
int show_command(const RunOptions& options, const ShowOptions& what);

}  // namespace oneadapt
