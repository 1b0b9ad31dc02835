#pragma once

#include <filesystem>
#include <string>

#include "run/spec.hpp"

namespace oneadapt {

/// What is to be drawn.
struct ShowOptions {
    int segment = 0;
    /// Empty = what the run's scheme plays at its weight if they are given, else the reference.
    std::string configuration;
    bool acts = false;  ///< print what the scheme did, with times
};

/// Draws one segment of the run's first clip as the server receives it under a configuration, its
/// last kept frame: `output.png` (what the model says), `dnngrad.png` (the DNNGrad tile map),
/// `difference.png` (the tile map of |received - source|) and for each regional knob `KNOB.png`
/// (the value of each region), into the folder `--out`. Throws UsageError for a segment that the
/// clip has not, for several schemes or weights and for acts without a scheme, OutputError when a
/// file cannot be written.
int show_command(const RunSpec& spec, const Execution& execution, const ShowOptions& what);

}  // namespace oneadapt
