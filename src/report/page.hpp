#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "report/stored_run.hpp"

namespace oneadapt {

/// Writes results as one HTML page to explore, which needs no network and no other file: frontiers
/// with their intervals, a clip's course segment by segment, and what a gradient scheme expected of
/// a step beside what was measured. Figures are rounded to what can be seen: accuracies to four
/// digits, delays to milliseconds; a configuration with a value for each region is told by its
/// mean. Byte for byte the same for the same folders.
void write_page(std::ostream& out, const std::vector<StoredRun>& runs);

}  // namespace oneadapt
