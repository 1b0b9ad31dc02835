#include "schemes/videostorm.hpp"

#include <map>
#include <set>
#include <utility>

#include "schemes/profiling.hpp"

// VideoStorm (Zhang et al., NSDI'17). Published: a profiler finds, offline and by greedy local
// search from knob to knob, configurations of a query that give much quality for their demand; a
// scheduler divides a cluster among many queries by their utilities of quality and lag, again and
// again, and picks each one's configuration from its profile.
//
// Here a stream has a server of its own, so that there is nothing to divide: what remains of the
// scheduler is the choice of the configuration with the best quality minus weight x demand. The
// profile is made of the first segments, which are sent at the reference configuration and charged,
// as nothing is known of a stream before it begins; then never again. OneAdapt's authors do not
// compare with VideoStorm.

namespace oneadapt {
namespace {

class VideoStorm final : public Scheme {
  public:
    explicit VideoStorm(const SchemeSetting& setting)
        : space_(setting.space),
          weight_(setting.goal.price()),
          segments_(setting.parameters.whole("profile")),
          best_(setting.space.dimensions(), 0),
          current_(setting.space.reference()) {}

    Delivery play(Testbed& testbed) override {
        if (chosen_) current_ = testbed.camera().read(std::exchange(chosen_, {}));
        if (testbed.segment().index >= segments_) {
            return play_configuration(testbed, current_).delivery();
        }
        Profiler profiler(testbed);
        seen_now_.clear();
        search(profiler);
        if (testbed.segment().index + 1 == segments_) {
            chosen_ = send_choice(testbed, space_.at(best_));
        }
        return profiler.played().delivery();
    }

  private:
    /// What a configuration was worth in the segments in which it was looked at.
    struct Worth {
        double sum = 0;
        int count = 0;
        double mean() const { return sum / count; }
    };

    /// The best of where climbing leads from the most expensive values, those in the middle, the
    /// cheapest, and the best known: a knob whose first steps change nothing would end it else.
    void search(Profiler& profiler) {
        constexpr std::size_t kStarts = 3;
        Indices best = best_;
        for (std::size_t start = 0; start < kStarts; ++start) {
            best_.clear();
            for (const Knob& knob : space_.knobs()) {
                best_.push_back(start * (knob.size() - 1) / (kStarts - 1));
            }
            climb(profiler);
            if (worth(profiler, best_) > worth(profiler, best)) best = best_;
        }
        best_ = best;
        climb(profiler);
    }

    /// From best_ to its best neighbour, one value of one knob away, as long as there is a better
    /// one.
    void climb(Profiler& profiler) {
        bool better = true;
        double here = worth(profiler, best_);
        while (better) {
            better = false;
            const Indices from = best_;
            for (std::size_t k = 0; k < from.size(); ++k) {
                for (const int step : {-1, 1}) {
                    Indices next = from;
                    next[k] += static_cast<std::size_t>(step);
                    if (next[k] >= space_.knobs()[k].size()) continue;  // below the first, too
                    const double there = worth(profiler, next);
                    if (there <= here) continue;
                    here = there;
                    best_ = next;
                    better = true;
                }
            }
        }
    }

    double worth(Profiler& profiler, const Indices& place) {
        Worth& worth = known_[place];
        if (seen_now_.insert(place).second) {
            const ProfilePoint point = profiler.profile(space_.at(place));
            worth.sum += point.accuracy - weight_ * point.cost;
            ++worth.count;
        }
        return worth.mean();
    }

    const KnobSpace& space_;
    double weight_;
    int segments_;
    Indices best_;
    std::map<Indices, Worth> known_;
    std::set<Indices> seen_now_;  ///< in this segment
    OnCamera<Configuration> chosen_;
    Configuration current_;
};

}  // namespace

SchemeKind videostorm() {
    return {
        .name = "videostorm",
        .summary = "profile of the first segments by greedy local search, then one configuration",
        .paper = "VideoStorm, NSDI'17",
        .by_default = false,
        .parameters = {{"profile", 5.0, "segments that are profiled", 1, 1e6, {}}},
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<VideoStorm>(setting);
        }};
}

}  // namespace oneadapt
