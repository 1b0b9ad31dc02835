#include "schemes/box_regions.hpp"

#include "schemes/region_masks.hpp"

namespace oneadapt {

RegionMask box_regions(const Output& output, double threshold, int margin,
                       const RegionGrid& regions) {
    RegionMask mask = no_regions(regions);
    for (const FrameOutput& frame : output.frames) {
        for (const Detection& box : frame.detections) {
            if (static_cast<double>(box.score) > threshold) {
                mark_touched(mask, box, regions, margin);
            }
        }
    }
    return mask;
}

Configuration two_levels(const KnobSpace& space, const RegionMask& mask, std::size_t inside,
                         std::size_t outside) {
    Configuration configuration = space.reference();
    for (const Knob& knob : space.knobs()) {
        if (!find_knob(knob.name).regional()) continue;
        std::vector<double> values;
        for (const bool wanted : mask) {
            values.push_back(knob.values.at(wanted ? inside : outside).number());
        }
        configuration.set_regions(knob.name, std::move(values));
    }
    return configuration;
}

}  // namespace oneadapt
