#include "schemes/region_masks.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

/// The tile of a place, held inside the map.
int tile_at(double place, int tiles) {
    return static_cast<int>(std::clamp(std::floor(place / kTileSize), 0.0, tiles - 1.0));
}

}  // namespace

void mark_touched(RegionMask& mask, const Detection& box, double enlarge,
                  const RegionGrid& regions) {
    const cv::Mat& of_tile = regions.of_tile;
    const double wider = enlarge * static_cast<double>(box.x2 - box.x1);
    const double higher = enlarge * static_cast<double>(box.y2 - box.y1);
    // A box that ends where a tile begins does not touch it.
    const double right = std::max(std::ceil(box.x2 + wider) - 1, box.x1 - wider);
    const double bottom = std::max(std::ceil(box.y2 + higher) - 1, box.y1 - higher);
    const int last_row = tile_at(bottom, of_tile.rows);
    const int last_column = tile_at(right, of_tile.cols);
    for (int row = tile_at(box.y1 - higher, of_tile.rows); row <= last_row; ++row) {
        for (int column = tile_at(box.x1 - wider, of_tile.cols); column <= last_column; ++column) {
            mask.at(static_cast<std::size_t>(of_tile.at<int>(row, column))) = true;
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
