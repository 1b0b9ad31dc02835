#pragma once

#include <algorithm>
#include <cmath>
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

    /// The places to look at: every `stride`-th of those that it may take, and where it is; where
    /// it has one value for all at most `reach` from there.
    Indices to_look_at(int explore, std::size_t reach, std::size_t stride) const {
        const std::size_t cheapest_one = cheapest(explore);
        const std::size_t place = std::min(places.front(), cheapest_one);
        const bool one = by != By::regions;
        Indices looked_at;
        for (std::size_t v = 0; v <= cheapest_one; ++v) {
            const bool near = v + reach >= place && v <= place + reach;
            if (one ? near && (v % stride == 0 || v == place) : v % stride == 0) {
                looked_at.push_back(v);
            }
        }
        return looked_at;
    }

    /// The stride at which all that it looks at, and what is then chosen, is encoded in so many
    /// seconds, an encoding taking `each`.
    std::size_t stride(double each, double seconds) const {
        if (by == By::dnns || each <= 0) return 1;
        constexpr double kSame = 1e-9;  // as good as whole
        const double fit = std::floor(seconds / each + kSame) - (by == By::regions ? 1 : 0);
        return static_cast<std::size_t>(
            std::ceil(static_cast<double>(last + 1) / std::max(1.0, fit)));
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

/// The configuration with every dial at its place.
inline Configuration at(const std::vector<Dial>& dials, const KnobSpace& space) {
    Configuration how = space.reference();
    for (const Dial& dial : dials) {
        const Knob& knob = space.knobs()[dial.knob];
        if (dial.by != Dial::By::regions) {
            how.set(knob.name, knob.values[dial.places.front()]);
            continue;
        }
        std::vector<double> values;
        values.reserve(dial.places.size());
        for (const std::size_t at : dial.places) values.push_back(knob.values[at].number());
        how.set_regions(knob.name, std::move(values));
    }
    return how;
}

/// How far pictures are from those of a dearer value, both differences being to the source:
/// what the dearer one loses the cheaper one loses too, and what it loses beyond that is
/// independent.
inline double between(double cheaper, double dearer) {
    return std::sqrt(std::max(0.0, cheaper * cheaper - dearer * dearer));
}

}  // namespace oneadapt
