#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/input.hpp"
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
    /// What a value did when it was last looked at.
    struct Seen {
        double difference = 0;  ///< to the pictures of the dearest value
        cv::Mat damage = {};    ///< by regions: see damage()
        double saved = 0;       ///< over the dearest value, in accuracy
    };
    std::vector<std::optional<Seen>> seen = std::vector<std::optional<Seen>>(last + 1);
    std::size_t times_looked = 0;
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

    /// Whether it is turned by what it sees on the camera, and knows what that costs.
    bool looks() const { return by != By::dnns && scale.known(); }

    /// The places that it may take, where it has one value for all at most `reach` from where it
    /// is.
    Indices within(int explore, std::size_t reach) const;

    /// Every `stride`-th of those, others each time.
    Indices to_look_at(int explore, std::size_t reach, std::size_t stride) const;

    /// The stride at which all that it looks at, and what is then chosen, is encoded in so many
    /// seconds, an encoding taking `each`: 1 where there is time for all of its values.
    std::size_t stride(double each, double seconds) const;

    /// Takes the place within() where `objective(place)` is least, the dearer of equals; nothing
    /// says that it is not known.
    void turn_to_least(int explore, std::size_t reach,
                       const std::function<std::optional<double>(std::size_t)>& objective);

    /// The place where loss and price together are least, of what it saw lately.
    void turn_value(int explore, std::size_t reach);

    /// The same for each region; see values_of_regions().
    void turn_regions(int explore, const cv::Mat& weights, double busy, const RegionGrid& regions);

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
Configuration at(const std::vector<Dial>& dials, const KnobSpace& space);

/// How far pictures are from those of a dearer value, both differences being to the source:
/// what the dearer one loses the cheaper one loses too, and what it loses beyond that is
/// independent.
double between(double cheaper, double dearer);

}  // namespace oneadapt
