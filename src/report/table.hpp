#pragma once

#include <string>
#include <vector>

#include "report/results.hpp"

namespace oneadapt {

/// The part that is printed: the steady one, unless no clip is longer than its start.
Part part_of_tables(const Report& report);

struct TableOptions {
    std::string clip = all_clips;
    Part part = Part::whole;
    /// The schemes to show savings against, in this order; those that did not run are passed over.
    /// Empty: against every scheme.
    std::vector<std::string> baselines;
    Resource resource = Resource::bandwidth;  ///< what is saved
};

/// The clips to print tables of: all together or, where a failed clip leaves no cell of that whole,
/// each clip that is.
std::vector<std::string> clips_of_tables(const Report& report);

/// The clips that are no longer than their start, so that the part after it, where there is one,
/// is without them.
std::vector<std::string> clips_without_steady_part(const Report& report);

/// A summary for the terminal: one row per scheme, each at the point of its frontier whose accuracy
/// is nearest to the highest one that all schemes reach, and what it saves at equal accuracy, over
/// the whole range that both frontiers share, with the saving's interval. Every line ends in '\n'.
std::string table_text(const Report& report, const TableOptions& options);

}  // namespace oneadapt
