#pragma once

#include <filesystem>

#include "run/spec.hpp"

namespace oneadapt {

/// Measures this machine on the first segment of the run's first clip (seconds per encoded
/// megapixel, per GFLOP of inference, backward over forward; seconds of every DNN of the run and
/// its exits) and writes a device profile. Watts of the server are measured where Linux has
/// counters of energy, see EnergyMeter; else they, and latency, are those of the profile in use. It
/// says which. Throws OutputError when `out` cannot be written.
int calibrate_command(const RunSpec& spec, const Execution& execution,
                      const std::filesystem::path& out);

}  // namespace oneadapt
