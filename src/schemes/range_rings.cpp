#include "schemes/range_rings.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "measure/row_units.hpp"
#include "schemes/profiling.hpp"

// A rule of this project, for gradient schemes to be held against on point clouds: near the sensor
// points lie densely, far from it a few make an object, so each ring of ranges gets equally many
// bits, whatever a DNN says. How many is between those of the cheapest and of the most expensive
// value, by 1/(1 + weight/4).

namespace oneadapt {

std::vector<double> equal_bits(const std::vector<double>& points, double lowest, double highest,
                               double mean) {
    const auto bits = [&](double each) {
        std::vector<double> all;
        all.reserve(points.size());
        for (const double count : points) {
            all.push_back(count > 0 ? std::clamp(each / count, lowest, highest) : highest);
        }
        return all;
    };
    const double wanted = mean * std::accumulate(points.begin(), points.end(), 0.0);
    double low = 0;
    double high = highest * std::ranges::max(points);
    constexpr int kHalvings = 60;
    for (int i = 0; i < kHalvings; ++i) {
        const double middle = (low + high) / 2;
        const std::vector<double> tried = bits(middle);
        const double spent = std::inner_product(points.begin(), points.end(), tried.begin(), 0.0);
        (spent < wanted ? low : high) = middle;
    }
    return bits(high);
}

namespace {

class RangeRings final : public ConfigurationScheme {
  public:
    explicit RangeRings(const SchemeSetting& setting)
        : regions_(setting.regions), share_(target_of_weight(setting.goal.price())) {}

  private:
    Configuration decide(Testbed& testbed) override {
        Camera& camera = testbed.camera();
        const auto looked = camera.compute(RowUnits{}, testbed.segment().frames - 1);
        const std::vector<double>& points = camera.read(looked).units;
        Configuration how = testbed.space().reference();
        for (const Knob& knob : testbed.space().knobs()) {
            if (find_knob(knob.name).regional()) how.set_regions(knob.name, bits(knob, points));
        }
        return how;
    }

    std::vector<double> bits(const Knob& knob, const std::vector<double>& points) const {
        const double highest = knob.values.front().number();
        const double lowest = knob.values.back().number();
        const double mean = lowest + share_ * (highest - lowest);
        std::vector<double> values;
        for (const double exact : equal_bits(points, lowest, highest, mean)) {
            const auto distance = [&](const KnobValue& value) {
                return std::abs(value.number() - exact);
            };
            const double nearest = std::ranges::min_element(knob.values, {}, distance)->number();
            values.insert(values.end(), static_cast<std::size_t>(regions_.size.width), nearest);
        }
        return values;
    }

    const RegionGrid& regions_;
    double share_;
};

}  // namespace

SchemeKind range_rings() {
    return {.name = "range-rings",
            .summary = "equally many bits for each ring of a sweep",
            .paper = "this project",
            .needs = {.regions = true, .media = {"lidar"}},
            .by_default = false,
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<RangeRings>(setting);
            }};
}

}  // namespace oneadapt
