#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace oneadapt {

/// The place among `values` of what is to be spent on something, by a rule that knows how important
/// it is beside the rest, 1 = most, and the share of all that may be spent: with a share of 1
/// everything has the most expensive value, with 0 the cheapest, and between them what is more
/// important than 1 - share has the better half.
inline std::size_t place_by_importance(double importance, double share, std::size_t values) {
    const double cheapness = std::clamp(2 - importance - 2 * share, 0.0, 1.0);
    return static_cast<std::size_t>(std::lround(cheapness * static_cast<double>(values - 1)));
}

}  // namespace oneadapt
