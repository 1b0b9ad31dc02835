#include "schemes/calibrated_dial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "schemes/region_values.hpp"

namespace oneadapt {

Indices Dial::within(int explore, std::size_t reach) const {
    const std::size_t cheapest_one = cheapest(explore);
    const std::size_t place = std::min(places.front(), cheapest_one);
    Indices near;
    for (std::size_t v = 0; v <= cheapest_one; ++v) {
        if (by == By::regions || (v + reach >= place && v <= place + reach)) near.push_back(v);
    }
    return near;
}

Indices Dial::to_look_at(int explore, std::size_t reach, std::size_t stride) const {
    Indices ahead = within(explore, reach);
    std::erase_if(ahead, [&](std::size_t v) { return v % stride != times_looked % stride; });
    return ahead;
}

std::size_t Dial::stride(double each, double seconds) const {
    if (each <= 0) return 1;
    constexpr double kSame = 1e-9;  // as good as whole
    const double fit = std::floor(seconds / each + kSame);
    const auto cheaper = static_cast<double>(last);
    const double chosen = by == By::regions ? 1 : 0;  // is none of those that it looks at
    if (cheaper + 1 + chosen <= fit) return 1;
    const double left = std::max(1.0, fit - 2);  // beside the dearest and what is chosen
    return static_cast<std::size_t>(std::max(2.0, std::ceil(cheaper / left)));
}

void Dial::turn_to_least(int explore, std::size_t reach,
                         const std::function<std::optional<double>(std::size_t)>& objective) {
    double least = std::numeric_limits<double>::infinity();
    std::size_t best = places.front();
    for (const std::size_t v : within(explore, reach)) {
        const std::optional<double> of_it = objective(v);
        if (!of_it || *of_it >= least) continue;
        least = *of_it;
        best = v;
    }
    places.front() = best;
}

void Dial::turn_value(int explore, std::size_t reach) {
    turn_to_least(explore, reach, [&](std::size_t v) -> std::optional<double> {
        if (!seen[v]) return std::nullopt;
        return scale.loss(seen[v]->difference) - seen[v]->saved;
    });
}

void Dial::turn_regions(int explore, const cv::Mat& weights, double busy,
                        const RegionGrid& regions) {
    std::vector<RegionalValue> values;
    Indices known;
    for (const std::size_t v : within(explore, 0)) {
        if (!seen[v]) continue;
        values.push_back({seen[v]->damage, seen[v]->saved});
        known.push_back(v);
    }
    if (known.empty()) return;
    places = values_of_regions(values, weights, scale.loss(1), busy, regions);
    for (std::size_t& place : places) place = known[place];
}

Configuration at(const std::vector<Dial>& dials, const KnobSpace& space) {
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

double between(double cheaper, double dearer) {
    return std::sqrt(std::max(0.0, cheaper * cheaper - dearer * dearer));
}

}  // namespace oneadapt
