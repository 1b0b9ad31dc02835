#pragma once

#include <optional>
#include <string>

#include "report/stored_run.hpp"

namespace oneadapt {

/// A segment of a cell of a run.
struct Explained {
    std::string clip = {};              ///< empty: the first of the run
    std::string scheme = {};            ///< empty: the first that adapts
    std::optional<double> weight = {};  ///< absent: the middle one of those that it was played at
    int segment = 0;
};

/// Why a scheme played what it did in a segment, in words: what it played, and in the segment
/// before; what a gradient scheme had expected then of a step to a cheaper value, beside what the
/// step was measured to cost; what the neighbouring static configurations and the oracles got in
/// this segment, as far as the run has them. Throws UsageError, with the valid ones, for a clip, a
/// scheme, a weight or a segment that the run does not have.
std::string explain(const StoredRun& run, const Explained& what);

}  // namespace oneadapt
