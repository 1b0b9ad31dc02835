#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// OneAdapt as published (SoCC'23, and its authors' code): positions climb the estimated gradient
/// by Adam, one step per segment for all dials at once. Regions of a regional knob are allotted by
/// allot() instead, unless they are tuned in blocks.
SchemeKind oneadapt();

/// What regional values are chosen from: for each level, the dearest first, what the whole frame
/// costs, and what each region loses.
struct Levels {
    std::vector<double> cost;
    std::vector<std::vector<double>> loss;  ///< [level][region]

    /// What the whole frame loses.
    double whole(std::size_t level) const {
        return std::accumulate(loss.at(level).begin(), loss.at(level).end(), 0.0);
    }
};

/// OneAdapt's closed form for macroblocks: for each region the level that minimises its loss plus
/// the level's price, the cheaper of equals. The price is such that of the dearest and the cheapest
/// level alone, the share `dear_share` of the regions with the most to lose would get the dearest;
/// with a share of 1 nothing is priced.
std::vector<std::size_t> allot(const Levels& levels, double dear_share);

/// Adam with the constants of the authors' code, on positions in [1e-7, 1], 1 = most expensive.
class AdamPositions {
  public:
    AdamPositions(std::size_t knobs, double learning_rate, double beta);

    /// One step down `loss_gradient` (d loss / d position).
    void step(const std::vector<double>& loss_gradient);

    double position(std::size_t knob) const { return positions_.at(knob); }
    /// The applied index of a knob with n values: the dearer neighbour of its position. The
    /// cheapest value is never applied.
    std::size_t index(std::size_t knob, std::size_t n) const;

  private:
    double learning_rate_;
    double beta_;
    int steps_ = 0;
    std::vector<double> positions_;
    std::vector<double> mean_;
    std::vector<double> square_;
};

}  // namespace oneadapt
