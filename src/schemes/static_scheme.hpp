#pragma once

#include "schemes/scheme.hpp"

namespace oneadapt {

/// One configuration for the whole clip. The run makes a cell of every configuration of the grid,
/// so that the best in hindsight is always among them.
SchemeKind static_scheme();

}  // namespace oneadapt
