#pragma once

#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// The frames that a late result is tracked through, from the frame that it is of to the present
/// one: both, and at most `most` between them, chosen so that the largest sum of changes from one
/// to the next is smallest (Glimpse's active cache); of equals the earlier ones. `changes` has the
/// change from each of the frames from `from` to `to` to its next.
std::vector<int> active_cache(const std::vector<double>& changes, int from, int to, int most);

SchemeKind glimpse();

}  // namespace oneadapt
