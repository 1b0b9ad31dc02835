#pragma once

#include <algorithm>
#include <vector>

#include "knobs/knob_space.hpp"
#include "schemes/loss_scale.hpp"

namespace oneadapt {

/// What `calibrated` turns: a knob with one value for all, or with one for each region, or one that
/// chooses the DNN; and what turning it is known to do.
struct Dial {
    /// What it is set by.
    enum class By { difference, regions, dnns };

    std::size_t knob = 0;
    std::size_t last = 0;  ///< its cheapest value
    By by = By::difference;
    Indices places = {0};  ///< one, or one for each region; 0 = the dearest value
    LossScale scale;
    std::vector<double> lost = {};  ///< by DNNs: of each value
    int measurements = 0;
    int unmeasured = 0;  ///< segments since the last of them

    void measured(double loss, double difference) {
        scale.measured(loss, difference);
        unmeasured = 0;
        ++measurements;
    }

    /// The cheapest value that it may take. At its last one nothing cheaper is there to measure a
    /// loss with, so that is kept for a dial whose scale is known and was measured in the last
    /// `explore` segments.
    std::size_t cheapest(int explore) const {
        constexpr int kKnown = 5;  // measurements, of which one may be a freak
        const bool may = by == By::dnns || (measurements >= kKnown && unmeasured < explore);
        return may ? last : last - 1;
    }

    /// A value cheaper, where nothing was said yet that could have been lost, but no further than
    /// half way.
    void grow_cheaper() {
        for (std::size_t& place : places) place = std::min(place + 1, last / 2);
    }

    /// Half way to the dearest value.
    void halve() {
        for (std::size_t& place : places) place /= 2;
    }
};

}  // namespace oneadapt
