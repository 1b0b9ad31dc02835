#pragma once

#include "dnn/input.hpp"
#include "dnn/output.hpp"
#include "knobs/knob_space.hpp"
#include "measure/recipe.hpp"

namespace oneadapt {

/// The regions that the boxes with a score above `threshold` in an output's frames touch, see
/// mark_touched().
RegionMask box_regions(const Output& output, double threshold, int margin,
                       const RegionGrid& regions);

/// The configuration with the regional knobs of a space at `inside` where the mask is set and at
/// `outside` elsewhere, both places of values, and the others at their most expensive value.
Configuration two_levels(const KnobSpace& space, const RegionMask& mask, std::size_t inside,
                         std::size_t outside);

}  // namespace oneadapt
