#pragma once

#include "dnn/input.hpp"
#include "dnn/output.hpp"
#include "knobs/knob_space.hpp"
#include "measure/recipe.hpp"

namespace oneadapt {

/// No region of a frame.
inline RegionMask no_regions(const RegionGrid& regions) {
    return RegionMask(static_cast<std::size_t>(regions.size.area()), false);
}

/// Marks the regions that a box in analysis pixels touches, moved outwards on each side by the
/// share `enlarge` of its own width and height.
void mark_touched(RegionMask& mask, const Detection& box, double enlarge,
                  const RegionGrid& regions);

/// What a box covers of a frame, as a share.
double share_of_frame(const Detection& box, const RegionGrid& regions);

/// `cheap`, with the values that `dear` gives the regional knobs of `space` in the regions of the
/// mask.
Configuration with_regions(const KnobSpace& space, const Configuration& cheap,
                           const Configuration& dear, const RegionMask& mask);

}  // namespace oneadapt
