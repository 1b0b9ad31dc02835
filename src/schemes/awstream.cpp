#include "schemes/awstream.hpp"

#include <algorithm>
#include <cmath>

#include "schemes/periodic_grid.hpp"
#include "schemes/profiling.hpp"
#include "schemes/rate_control.hpp"

namespace oneadapt {
namespace {

class AwStream final : public Scheme {
  public:
    explicit AwStream(const SchemeSetting& setting)
        : weight_(setting.goal.price()),
          grid_(setting.space.grid()),
          probe_every_(setting.parameters.whole("probe-every")),
          probe_points_(static_cast<std::size_t>(setting.parameters.whole("probe-points"))),
          bandwidth_drift_(setting.parameters.number("bandwidth-drift")),
          accuracy_drift_(setting.parameters.number("accuracy-drift")),
          control_(setting.parameters.number("congestion")),
          current_(setting.space.reference()) {}

    Delivery play(Testbed& testbed) override {
        const int now = testbed.segment().index;
        observe_link(testbed);
        if (now == 0 || (probe_every_ > 0 && now % probe_every_ == 0 && has_room(testbed))) {
            return play_and_profile(testbed);
        }
        const auto received = testbed.link().up(testbed.camera().encode(current_));
        pad(testbed);
        return Delivery::of(testbed.server().infer(received, testbed.dnn(current_)), current_);
    }

  private:
    /// The reference is uploaded for profiling only where the link has spare room for it.
    bool has_room(const Testbed& testbed) const {
        return !testbed.link().limited() ||
               control_.fits(reference_bytes_ / testbed.segment().duration.value);
    }

    Delivery play_and_profile(Testbed& testbed) {
        Profiler profiler(testbed);
        reference_bytes_ = profiler.profile(profiler.played().how).bytes();
        if (front_.empty() || drifted(testbed, profiler)) {
            // Its rate control climbs bytes alone.
            const Prices prices = testbed.link().limited() ? Prices{} : testbed.prices();
            std::vector<ProfilePoint> points;
            for (const Configuration& c : grid_) {
                points.push_back(profiler.profile(c));
                points.back().cost = prices.cost(points.back().plain, points.front().plain);
            }
            front_ = pareto(std::move(points));
            std::vector<double> levels;
            for (const ProfilePoint& point : front_) {
                levels.push_back(point.bytes() / testbed.segment().duration.value);
            }
            control_.set_levels(std::move(levels));
        }
        choose(testbed);
        current_ = testbed.camera().read(send_choice(testbed, current_));
        return profiler.played().delivery();
    }

    /// Probes a few Pareto points, spread evenly: is the profile still right?
    bool drifted(const Testbed& testbed, Profiler& profiler) const {
        const std::size_t count = std::min(probe_points_, front_.size());
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t place = count > 1 ? i * (front_.size() - 1) / (count - 1) : 0;
            const ProfilePoint& known = front_[place];
            const ProfilePoint seen = profiler.profile(known.configuration);
            const double mbps =
                8e-6 * std::abs(seen.bytes() - known.bytes()) / testbed.segment().duration.value;
            if (mbps > bandwidth_drift_ ||
                std::abs(seen.accuracy - known.accuracy) > accuracy_drift_) {
                return true;
            }
        }
        return false;
    }

    void choose(const Testbed& testbed) {
        if (testbed.link().limited()) {
            current_ = front_[control_.level()].configuration;
            return;
        }
        const auto objective = [&](const ProfilePoint& point) {
            return point.accuracy - weight_ * point.cost;
        };
        current_ = std::ranges::max_element(front_, {}, objective)->configuration;
    }

    void observe_link(Testbed& testbed) {
        if (!testbed.link().limited() || front_.empty() || testbed.link().ticks().empty()) return;
        const double tick_s =
            testbed.segment().duration.value / static_cast<double>(testbed.link().ticks().size());
        control_.observe(testbed.link().ticks(), tick_s);
        choose(testbed);
    }

    void pad(Testbed& testbed) const {
        if (!testbed.link().limited() || front_.empty()) return;
        const auto bytes =
            static_cast<std::int64_t>(control_.padding() * testbed.segment().duration.value);
        if (bytes > 0) testbed.link().pad(bytes);
    }

    double weight_;
    std::vector<Configuration> grid_;
    int probe_every_;
    std::size_t probe_points_;
    double bandwidth_drift_;
    double accuracy_drift_;
    RateControl control_;
    std::vector<ProfilePoint> front_;  ///< cheapest first
    double reference_bytes_ = 0;       ///< last seen
    Configuration current_;
};

}  // namespace

SchemeKind awstream() {
    return {
        .name = "awstream",
        .summary =
            "profile of the grid, Pareto set, online refresh; rate control when a link is given",
        .paper = "AWStream, SIGCOMM'18",
        .claim = "sub-second latency, 2 to 6 % less accuracy",
        .baseline = true,
        .parameters = {variant_parameter(),
                       {"probe-every",
                        10.0,
                        "published: segments between probes of the profile; 0 = never",
                        0,
                        1e6,
                        {}},
                       {"probe-points", 5.0, "published: Pareto points per probe", 1, 1e3, {}},
                       {"bandwidth-drift",
                        1.0,
                        "published: Mbit/s off that ask for a new profile",
                        0,
                        1e6,
                        {}},
                       {"accuracy-drift",
                        0.1,
                        "published: accuracy off that asks for a new profile",
                        0,
                        1,
                        {}},
                       {"congestion",
                        0.001,
                        "published: queueing seconds that count as congestion",
                        0,
                        60,
                        {}},
                       PeriodicGrid::stride(3),
                       PeriodicGrid::compute_limit()},
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            if (setting.parameters.published()) {
                return std::make_unique<AwStream>(setting);
            }
            return std::make_unique<PeriodicGrid>(setting);
        }};
}

}  // namespace oneadapt
