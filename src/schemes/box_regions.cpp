#include "schemes/box_regions.hpp"

#include <algorithm>
#include <cmath>

#include "dnn/model.hpp"

namespace oneadapt {

void mark_regions(const Detection& box, int margin, const RegionGrid& regions, RegionMask& mask) {
    const auto tile = [](float place) {
        constexpr float kFarthest = 1e6F;  // far beyond any frame, and safe to turn into a tile
        return static_cast<int>(std::floor(std::clamp(place, -kFarthest, kFarthest) / kTileSize));
    };
    const cv::Mat& of_tile = regions.of_tile;
    const int bottom = std::min(tile(box.y2) + margin, of_tile.rows - 1);
    const int right = std::min(tile(box.x2) + margin, of_tile.cols - 1);
    for (int row = std::max(tile(box.y1) - margin, 0); row <= bottom; ++row) {
        for (int column = std::max(tile(box.x1) - margin, 0); column <= right; ++column) {
            mask.at(static_cast<std::size_t>(of_tile.at<int>(row, column))) = true;
        }
    }
}

RegionMask box_regions(const Output& output, double threshold, int margin,
                       const RegionGrid& regions) {
    RegionMask mask(static_cast<std::size_t>(regions.size.area()), false);
    for (const FrameOutput& frame : output.frames) {
        for (const Detection& box : frame.detections) {
            if (static_cast<double>(box.score) > threshold) {
                mark_regions(box, margin, regions, mask);
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
