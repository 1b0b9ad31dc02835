#include "schemes/dials.hpp"

#include <cmath>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// The block of each region when frames are cut into `side` x `side` blocks.
std::vector<std::size_t> blocks_of(cv::Size regions, int side) {
    std::vector<std::size_t> block;
    for (int row = 0; row < regions.height; ++row) {
        for (int column = 0; column < regions.width; ++column) {
            const int at = row * side / regions.height * side + column * side / regions.width;
            block.push_back(static_cast<std::size_t>(at));
        }
    }
    return block;
}

}  // namespace

Dials::Dials(const KnobSpace& space, const RegionGrid& regions, int blocks)
    : space_(space), of_tile_(regions.of_tile) {
    const int side = static_cast<int>(std::lround(std::sqrt(blocks)));
    if (side * side != blocks) {
        throw UsageError(fmt::format("blocks={}", blocks), "is not a square number",
                         "use 1, 4, 16, 64, ... or 0 for every region on its own");
    }
    if (blocks > 0) {
        block_ = blocks_of(regions.size, side);
    } else {
        for (std::size_t region = 0; region < static_cast<std::size_t>(regions.size.area());) {
            block_.push_back(region++);
        }
    }
    const std::size_t cuts = blocks > 0 ? static_cast<std::size_t>(blocks) : block_.size();
    for (std::size_t k = 0; k < space.dimensions(); ++k) {
        const bool regional = find_knob(space.knobs()[k].name).regional();
        const std::size_t dials = regional ? cuts : 1;
        ranges_.push_back({knobs_.size(), knobs_.size() + dials, regional});
        knobs_.insert(knobs_.end(), dials, k);
    }
}

ParameterSpec Dials::parameter() {
    return {"blocks",
            0.0,
            "blocks of a frame that a regional knob is tuned for: 4, 16, 64, ...; 0 = each region",
            0,
            1 << 16,
            {}};
}

Configuration Dials::at(const Indices& indices) const {
    if (knobs_.size() == space_.dimensions()) return space_.at(indices);
    Configuration configuration;
    for (std::size_t k = 0; k < space_.dimensions(); ++k) {
        const Knob& knob = space_.knobs()[k];
        const Range dials = ranges_[k];
        if (!dials.regional) {
            configuration.set(knob.name, knob.values.at(indices.at(dials.first)));
            continue;
        }
        std::vector<double> values;
        values.reserve(block_.size());
        for (const std::size_t block : block_) {
            values.push_back(knob.values.at(indices.at(dials.first + block)).number());
        }
        configuration.set_regions(knob.name, std::move(values));
    }
    return configuration;
}

std::vector<double> Dials::parts(std::size_t knob, const TileMap& map) const {
    const Range dials = ranges_.at(knob);
    if (dials.size() == 1) return {map.mean()};
    return split(dials, map.tiles());
}

std::vector<double> Dials::parts(std::size_t knob, const TileMap& a, const TileMap& b) const {
    const Range dials = ranges_.at(knob);
    if (dials.size() == 1) return {a.mean_product(b)};
    return split(dials, a.tiles().mul(b.tiles()));
}

std::vector<double> Dials::split(Range dials, const cv::Mat& tiles) const {
    return split_mean(tiles, of_tile_, dials.size(),
                      [&](std::size_t region) { return block_.at(region); });
}

}  // namespace oneadapt
