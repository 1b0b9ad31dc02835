#include "schemes/chameleon.hpp"

#include <algorithm>

#include "schemes/profiling.hpp"

namespace oneadapt {
namespace {

class Chameleon final : public Scheme {
  public:
    explicit Chameleon(const SchemeSetting& setting)
        : target_(setting.parameters.number("target") > 0 ? setting.parameters.number("target")
                                                          : target_of_weight(setting.goal.price())),
          group_(setting.parameters.whole("group")),
          groups_(setting.parameters.whole("window")),
          top_(static_cast<std::size_t>(setting.parameters.whole("top"))),
          current_(setting.space.reference()) {}

    Delivery play(Testbed& testbed) override {
        const int now = testbed.segment().index;
        if (now % group_ != 0) {
            return play_configuration(testbed, current_).delivery();
        }
        Profiler profiler(testbed);
        const bool leads_window = now % (group_ * groups_) == 0 || candidates_.empty();
        if (leads_window) {
            current_ = cheapest_passing(profile_coordinates(testbed.space(), profiler));
        } else {
            std::vector<ProfilePoint> points;
            for (const Configuration& c : candidates_) points.push_back(profiler.profile(c));
            current_ = cheapest_passing(points);
        }
        current_ = testbed.camera().read(send_choice(testbed, current_));
        return profiler.played().delivery();
    }

  private:
    bool passes(const ProfilePoint& point) const { return point.accuracy >= target_; }

    /// One knob after the other, the others at the best so far; then keeps the top-k.
    std::vector<ProfilePoint> profile_coordinates(const KnobSpace& space, Profiler& profiler) {
        Indices best(space.dimensions(), 0);
        std::vector<ProfilePoint> seen = {profiler.profile(space.at(best))};
        for (std::size_t k = 0; k < space.dimensions(); ++k) {
            ProfilePoint chosen = profiler.profile(space.at(best));
            std::size_t value = best[k];
            for (std::size_t i = 1; i < space.knobs()[k].size(); ++i) {
                Indices trial = best;
                trial[k] = i;
                seen.push_back(profiler.profile(space.at(trial)));
                if (passes(seen.back()) && seen.back().cost < chosen.cost) {
                    chosen = seen.back();
                    value = i;
                }
            }
            best[k] = value;
        }
        keep_top(seen);
        return seen;
    }

    void keep_top(std::vector<ProfilePoint> points) {
        std::ranges::stable_sort(points, [this](const ProfilePoint& a, const ProfilePoint& b) {
            if (passes(a) != passes(b)) return passes(a);
            return passes(a) ? a.cost < b.cost : a.accuracy > b.accuracy;
        });
        points.resize(std::min(top_, points.size()));
        candidates_.clear();
        for (const ProfilePoint& point : points) candidates_.push_back(point.configuration);
    }

    /// The cheapest above the target, else the most accurate.
    Configuration cheapest_passing(const std::vector<ProfilePoint>& points) const {
        const ProfilePoint* best = &points.front();
        for (const ProfilePoint& point : points) {
            const bool better = passes(point) != passes(*best) ? passes(point)
                                : passes(point)                ? point.cost < best->cost
                                                               : point.accuracy > best->accuracy;
            if (better) best = &point;
        }
        return best->configuration;
    }

    double target_;
    int group_;
    int groups_;
    std::size_t top_;
    std::vector<Configuration> candidates_;
    Configuration current_;
};

/// The baseline of OneAdapt's code: coordinate descent on (1 - F1) + weight x bytes / previous
/// bytes from the previous optimum; the result is used only when the next profile starts.
class DelayedDescent final : public Scheme {
  public:
    explicit DelayedDescent(const SchemeSetting& setting)
        : weight_(setting.goal.price()),
          stride_(static_cast<std::size_t>(setting.parameters.whole("stride"))),
          frames_per_segment_(setting.parameters.whole("compute-limit")),
          immediate_(setting.parameters.word("effect") == "immediate"),
          current_(setting.space.reference()),
          optimum_(setting.space.reference()) {}

    Delivery play(Testbed& testbed) override {
        const int now = testbed.segment().index;
        pending_.apply(testbed, current_);
        if (now < next_profile_) {
            return play_configuration(testbed, current_).delivery();
        }
        Profiler profiler(testbed);
        const int tried = descend(testbed, profiler);
        next_profile_ =
            now + std::max(1, profiling_lag(tried * testbed.segment().frames, frames_per_segment_));
        pending_.set(send_choice(testbed, optimum_), immediate_ ? now + 1 : next_profile_);
        return profiler.played().delivery();
    }

  private:
    int descend(Testbed& testbed, Profiler& profiler) {
        const KnobSpace& space = testbed.space();
        const ProfilePoint start = profiler.profile(optimum_);
        const auto loss = [&](const ProfilePoint& point) {
            return (1.0 - point.accuracy) +
                   weight_ * testbed.prices().cost(point.plain, start.plain);
        };
        Indices best = space.indices(optimum_);
        double best_loss = loss(start);
        int tried = 0;
        for (std::size_t k = 0; k < space.dimensions(); ++k) {
            Indices trial = best;
            for (std::size_t i = 0; i + 1 < space.knobs()[k].size(); i += stride_) {
                trial[k] = i;
                ++tried;
                const double trial_loss = loss(profiler.profile(space.at(trial)));
                if (trial_loss < best_loss) {
                    best_loss = trial_loss;
                    best[k] = i;
                }
            }
        }
        optimum_ = space.at(best);
        return tried;
    }

    double weight_;
    std::size_t stride_;
    int frames_per_segment_;
    bool immediate_;
    int next_profile_ = 0;
    Configuration current_;
    Configuration optimum_;
    PendingChoice pending_;
};

}  // namespace

SchemeKind chameleon() {
    return {.name = "chameleon",
            .summary = "coordinate profiling, top-k windows, accuracy target",
            .paper = "Chameleon, SIGCOMM'18",
            .claim = "20 to 50 % more accuracy, or 30 to 50 % of the resources",
            .baseline = true,
            .parameters =
                {variant_parameter(),
                 {"target", 0.0, "published: accuracy target; 0 = 1/(1 + weight/4)", 0, 1, {}},
                 {"group", 4.0, "published: segments per group (T)", 1, 1e6, {}},
                 {"window", 4.0, "published: groups per window (w)", 1, 1e6, {}},
                 {"top", 5.0, "published: configurations kept (k)", 1, 1e3, {}},
                 {"stride", 3.0, "oneadapt-paper: every n-th value of each knob", 1, 100, {}},
                 {"compute-limit", 5.0, "oneadapt-paper: extra inferences per segment", 1, 1e6, {}},
                 {"effect",
                  std::string("delayed"),
                  "oneadapt-paper: when a profile takes effect",
                  0,
                  0,
                  {"delayed", "immediate"}}},
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                if (setting.parameters.published()) {
                    return std::make_unique<Chameleon>(setting);
                }
                return std::make_unique<DelayedDescent>(setting);
            }};
}

}  // namespace oneadapt
