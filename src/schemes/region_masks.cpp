#include "schemes/region_masks.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "dnn/model.hpp"

namespace oneadapt {
Detection grown(const Detection& box, double across, double down) {
    const auto by_x = static_cast<float>(across);
    const auto by_y = static_cast<float>(down);
    Detection larger = box;
    larger.x1 -= by_x;
    larger.x2 += by_x;
    larger.y1 -= by_y;
    larger.y2 += by_y;
    return larger;
}

void mark_touched(RegionMask& mask, const Detection& box, const RegionGrid& regions, int margin) {
    static constexpr double kFarthest = 1e6;  // far beyond any frame, and safe to turn into a tile
    const auto first = [](double place) {
        return static_cast<int>(std::floor(std::clamp(place, -kFarthest, kFarthest) / kTileSize));
    };
    const auto last = [&](double from, double to) {
        return first(std::max(std::ceil(to) - 1, from));
    };
    const cv::Mat& of_tile = regions.of_tile;
    const int bottom = std::min(last(box.y1, box.y2) + margin, of_tile.rows - 1);
    const int right = std::min(last(box.x1, box.x2) + margin, of_tile.cols - 1);
    const int left = std::max(first(box.x1) - margin, 0);
    for (int row = std::max(first(box.y1) - margin, 0); row <= bottom; ++row) {
        const int* region = of_tile.ptr<int>(row);
        for (int column = left; column <= right; ++column) {
            mask[static_cast<std::size_t>(region[column])] = true;
        }
    }
}

Configuration with_regions(const KnobSpace& space, const Configuration& cheap,
                           const Configuration& dear, const RegionMask& mask) {
    Configuration mixed = cheap;
    for (const Knob& knob : space.knobs()) {
        if (!find_knob(knob.name).regional()) continue;
        std::vector<double> values(mask.size(), cheap.get(knob.name, 0));
        for (std::size_t region = 0; region < mask.size(); ++region) {
            if (mask[region]) values[region] = dear.get(knob.name, 0);
        }
        mixed.set_regions(knob.name, std::move(values));
    }
    return mixed;
}

double share_of_frame(const Detection& box, const RegionGrid& regions) {
    const double area = static_cast<double>(box.x2 - box.x1) * static_cast<double>(box.y2 - box.y1);
    return area / (kTileSize * kTileSize * static_cast<double>(regions.of_tile.total()));
}

}  // namespace oneadapt
