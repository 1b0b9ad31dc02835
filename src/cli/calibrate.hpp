#pragma once

#include <filesystem>

#include "run/spec.hpp"

namespace oneadapt {

/// Measures this machine on the first segment of the run's first clip (seconds per encoded
/// megapixel, per GFLOP of inference, backward over forward) and writes a device profile. Watts and
/// latency cannot be measured here: they are taken over from the profile in use. Throws OutputError
/// when `out` cannot be written.
int calibrate_command(const RunSpec& spec, const Execution& execution,
                      const std::filesystem::path& out);

}  // namespace oneadapt
