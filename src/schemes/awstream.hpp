#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// AWStream (SIGCOMM'18): a profile of the whole grid, its Pareto set, and, when a link is given,
/// its own rate control over that set; without a link the weight picks the point. Variant
/// `oneadapt-paper`: the periodic grid search that OneAdapt's authors compare with.
SchemeKind awstream();

}  // namespace oneadapt
