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

/// The box with its sides moved outwards by so many pixels.
Detection grown(const Detection& box, double across, double down);

/// Marks the regions that a box in analysis pixels touches once it is grown by `margin` tiles on
/// each side. A box that ends where a tile begins does not touch it, and what lies outside of the
/// frame marks nothing.
void mark_touched(RegionMask& mask, const Detection& box, const RegionGrid& regions,
                  int margin = 0);

/// What a box covers of a frame, as a share.
double share_of_frame(const Detection& box, const RegionGrid& regions);

/// `cheap`, with the values that `dear` gives the regional knobs of `space` in the regions of the
/// mask.
Configuration with_regions(const KnobSpace& space, const Configuration& cheap,
                           const Configuration& dear, const RegionMask& mask);

}  // namespace oneadapt
