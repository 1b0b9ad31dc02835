#include "schemes/biased_filter.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "schemes/profiling.hpp"

namespace oneadapt {
namespace {

/// Mean and standard deviation over all pairs.
struct Spread {
    double mean = 0;
    double deviation = 0;

    explicit Spread(const FrameChanges& changes) {
        double count = 0;
        double squares = 0;
        for (const auto& row : changes.from) {
            for (const double change : row) {
                ++count;
                mean += change;
                squares += change * change;
            }
        }
        if (count == 0) return;
        mean /= count;
        deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
    }

    double score(double change) const { return deviation > 0 ? (change - mean) / deviation : 0.0; }
};

}  // namespace

std::vector<std::size_t> filters_of(const KnobSpace& space) {
    std::vector<std::size_t> filters;
    for (std::size_t k = 0; k < space.dimensions(); ++k) {
        if (find_knob(space.knobs()[k].name).drops == Drops::by_content) filters.push_back(k);
    }
    return filters;
}

std::vector<int> biased_frames(const std::vector<FrameChanges>& changes,
                               const std::vector<double>& biases, int frames) {
    const std::vector<Spread> spreads(changes.begin(), changes.end());
    std::vector<int> kept = {0};
    for (int frame = 1; frame < frames; ++frame) {
        const auto last = static_cast<std::size_t>(kept.back());
        const std::size_t ahead = static_cast<std::size_t>(frame) - last - 1;
        bool passes = true;
        for (std::size_t f = 0; f < changes.size() && passes; ++f) {
            passes = spreads[f].score(changes[f].from.at(last).at(ahead)) > biases.at(f);
        }
        if (passes) kept.push_back(frame);
    }
    return kept;
}

namespace {

class BiasedFilter final : public Scheme {
  public:
    BiasedFilter(const SchemeSetting& setting, bool profiling)
        : space_(setting.space),
          weight_(setting.goal.price()),
          period_(profiling ? setting.parameters.whole("period") : 0) {
        for (const std::size_t knob : filters_of(space_)) {
            features_.push_back(space_.knobs()[knob].name);
        }
        const double bias =
            setting.parameters.number("bias") +
            setting.parameters.number("bias-spread") * (1 - 2 * target_of_weight(weight_));
        biases_.assign(features_.size(), bias);
    }

    Delivery play(Testbed& testbed) override {
        Camera& camera = testbed.camera();
        if (next_) biases_ = camera.read(std::exchange(next_, {}));
        const int frames = testbed.segment().frames;
        std::vector<FrameChanges> changes;
        for (const std::string& feature : features_) {
            changes.push_back(camera.read(camera.compute(Change{feature, true}, frames - 1)));
        }
        if (period_ > 0 && testbed.segment().index % period_ == 0) {
            const Played played = play_configuration(testbed, space_.reference());
            profile(testbed, std::move(changes), played);
            return played.delivery();
        }
        EncodePlan plan(space_.reference());
        const std::vector<int> kept = biased_frames(changes, biases_, frames);
        if (std::ssize(kept) < frames) plan.frames = kept;
        const auto received = testbed.link().up(camera.encode(plan));
        return Delivery::of(testbed.server().infer(received, testbed.dnn(plan.how)), plan.how);
    }

  private:
    /// Of the biases 3, 0 and -3 of each feature those with the least 1 - accuracy + weight x share
    /// of the frames; the first, which keep least, of equals.
    void profile(Testbed& testbed, std::vector<FrameChanges> changes, const Played& played) {
        constexpr double kTried[] = {3, 0, -3};
        Server& server = testbed.server();
        const int frames = testbed.segment().frames;
        const std::int64_t pairs = std::int64_t{frames} * (frames - 1) / 2;
        const auto sent = testbed.link().up(testbed.camera().make(std::move(changes)),
                                            4 * pairs * std::ssize(features_));
        const std::vector<FrameChanges>& seen = server.read(sent);
        const Repeats worth = server.read(server.repeats(played.output));
        std::vector<double> best;
        double least = std::numeric_limits<double>::infinity();
        std::vector<std::size_t> trial(features_.size(), 0);
        for (bool more = true; more;) {
            std::vector<double> biases;
            biases.reserve(trial.size());
            for (const std::size_t place : trial) biases.push_back(kTried[place]);
            const std::vector<int> kept = biased_frames(seen, biases, frames);
            const double loss =
                1 - worth.mean(kept) + weight_ * static_cast<double>(kept.size()) / frames;
            if (loss < least) {
                least = loss;
                best = biases;
            }
            more = false;
            for (std::size_t f = 0; f < trial.size() && !more; ++f) {
                more = ++trial[f] < std::size(kTried);
                if (!more) trial[f] = 0;
            }
        }
        const std::int64_t bytes = 4 * std::ssize(best);
        next_ = testbed.link().down(server.make(std::move(best)), bytes);
    }

    const KnobSpace& space_;
    double weight_;
    int period_;  ///< 0 = never profiles
    std::vector<std::string> features_;
    std::vector<double> biases_;  ///< of each feature
    OnCamera<std::vector<double>> next_;
};

}  // namespace

std::unique_ptr<Scheme> biased_filter(const SchemeSetting& setting, bool profiling) {
    return std::make_unique<BiasedFilter>(setting, profiling);
}

std::vector<ParameterSpec> biased_filter_parameters() {
    return {{"bias",
             0.0,
             "fixed: standard deviations above the mean of changes; 0 and -1 were plotted",
             -100,
             100,
             {}},
            {"bias-spread",
             3.0,
             "fixed: added to the bias x (1 - 2/(1 + weight/4)), from every frame to the first",
             0,
             100,
             {}},
            {"period", 4.0, "profiling: segments from one sent whole to the next", 1, 1e6, {}}};
}

}  // namespace oneadapt
