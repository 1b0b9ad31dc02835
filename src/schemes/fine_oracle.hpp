#pragma once

#include <vector>

#include "measure/repeats.hpp"
#include "schemes/scheme.hpp"

namespace oneadapt {

/// For each number of frames from 1 on, those that are best kept: no others of that number have a
/// higher Repeats::mean(). Exact, by dynamic programming; of equals those that come first.
std::vector<std::vector<int>> best_frames(const Repeats& worth);

SchemeKind oracle_frames();
SchemeKind oracle_regions();

}  // namespace oneadapt
