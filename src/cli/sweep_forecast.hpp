#pragma once

#include <vector>

#include "run/experiment.hpp"
#include "run/spec.hpp"
#include "run/sweep_folder.hpp"

namespace oneadapt {

/// Prints the cells, what the trace lacks of each, and what it takes to measure that; does nothing
/// else. Returns ok, or the code of the first cell that could not be opened.
int print_forecast(const std::vector<Cell>& cells, const SweepFolder& folder,
                   const Execution& execution);

}  // namespace oneadapt
