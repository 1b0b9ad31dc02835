#pragma once

#include <cstddef>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/input.hpp"
#include "knobs/knob_space.hpp"
#include "measure/tile_map.hpp"
#include "schemes/parameters.hpp"

namespace oneadapt {

/// A tile map's mean over the frame, split between groups of regions: each counts its own tiles
/// only, all of them together give the mean. `map` is CV_32F, of the size of `of_tile`, which has
/// the region of each tile; `group_of` a region says which of the `groups` it belongs to.
template <class GroupOf>
std::vector<double> split_mean(const cv::Mat& map, const cv::Mat& of_tile, std::size_t groups,
                               const GroupOf& group_of) {
    CV_Assert(map.size() == of_tile.size() && map.type() == CV_32F);
    std::vector<double> sums(groups, 0.0);
    auto region = of_tile.begin<int>();
    for (auto tile = map.begin<float>(); tile != map.end<float>(); ++tile, ++region) {
        sums.at(group_of(static_cast<std::size_t>(*region))) += static_cast<double>(*tile);
    }
    for (double& sum : sums) sum /= static_cast<double>(map.total());
    return sums;
}

/// What a gradient scheme turns: a knob with one value for all is one dial, a regional knob has
/// one for each block of regions. The tile maps of one backpropagation and one neighbour serve all
/// dials of a knob, since their regions do not overlap.
class Dials {
  public:
    /// Cuts frames into `blocks` blocks of regions, a square number, or with 0 has a dial for every
    /// region. Throws UsageError when `blocks` is not a square.
    Dials(const KnobSpace& space, const RegionGrid& regions, int blocks);

    static ParameterSpec parameter();

    std::size_t count() const { return knobs_.size(); }
    /// The knob that a dial turns.
    std::size_t knob(std::size_t dial) const { return knobs_.at(dial); }
    /// How many values the dial has.
    std::size_t values(std::size_t dial) const { return space_.knobs()[knob(dial)].size(); }
    /// The dials [first, last) of a knob.
    struct Range {
        std::size_t first = 0;
        std::size_t last = 0;
        bool regional = false;
        std::size_t size() const { return last - first; }
    };
    Range of_knob(std::size_t knob) const { return ranges_.at(knob); }

    /// The configuration with each dial at that index.
    Configuration at(const Indices& indices) const;

    /// Means of a tile map over the frame, split between the dials of a knob: each counts its own
    /// tiles only, all of them together give the mean.
    std::vector<double> parts(std::size_t knob, const TileMap& map) const;
    /// The same of the product of two maps.
    std::vector<double> parts(std::size_t knob, const TileMap& a, const TileMap& b) const;

  private:
    std::vector<double> split(Range dials, const cv::Mat& tiles) const;

    const KnobSpace& space_;
    cv::Mat of_tile_;                 ///< region of each tile
    std::vector<std::size_t> block_;  ///< of each region
    std::vector<std::size_t> knobs_;  ///< of each dial
    std::vector<Range> ranges_;       ///< of each knob
};

}  // namespace oneadapt
