#include "schemes/oracle.hpp"

#include <algorithm>

namespace oneadapt {
namespace {

class Oracle final : public ConfigurationScheme {
  public:
    explicit Oracle(const SchemeSetting& setting)
        : hindsight_(*setting.hindsight),
          weight_(setting.goal.price()),
          window_(static_cast<std::size_t>(setting.parameters.whole("window"))) {}

  private:
    Configuration decide(Testbed& testbed) override {
        const auto now = static_cast<std::size_t>(testbed.segment().index);
        const std::size_t count = hindsight_.points.size();
        const std::size_t window = window_ == 0 ? count : window_;
        if (now % window == 0) {
            best_ = hindsight_.best(now, std::min(now + window, count), weight_);
        }
        return hindsight_.grid[best_];
    }

    const Hindsight& hindsight_;
    double weight_;
    std::size_t window_;
    std::size_t best_ = 0;
};

class FreeProfiler final : public ConfigurationScheme {
  public:
    explicit FreeProfiler(const SchemeSetting& setting)
        : hindsight_(*setting.hindsight),
          weight_(setting.goal.price()),
          window_(static_cast<std::size_t>(setting.parameters.whole("window"))) {}

  private:
    Configuration decide(Testbed& testbed) override {
        const auto now = static_cast<std::size_t>(testbed.segment().index);
        if (window_ == 0) window_ = best_window();
        return hindsight_.grid[choice(now, window_)];
    }

    /// What was best over that many segments before `now`, or over those that there were.
    std::size_t choice(std::size_t now, std::size_t window) const {
        constexpr std::size_t kReference = 0;
        return now == 0 ? kReference : hindsight_.best(now - std::min(window, now), now, weight_);
    }

    /// Of some windows the one that does best on the whole clip.
    std::size_t best_window() const {
        const auto objective = [&](std::size_t window) {
            double sum = 0;
            for (std::size_t now = 0; now < hindsight_.points.size(); ++now) {
                sum += hindsight_.objective(now, choice(now, window), weight_);
            }
            return sum;
        };
        return *std::ranges::max_element(kWindows, {}, objective);
    }

    static constexpr std::size_t kWindows[] = {1, 3, 5, 10};

    const Hindsight& hindsight_;
    double weight_;
    std::size_t window_;
};

template <class T>
std::unique_ptr<Scheme> create(const SchemeSetting& setting) {
    return std::make_unique<T>(setting);
}

ParameterSpec window(double otherwise) {
    return {"window", otherwise, "segments per block; 0 = the whole clip", 0, 1e6, {}};
}

SchemeKind knowing(std::string name, std::string summary, std::vector<ParameterSpec> parameters,
                   std::unique_ptr<Scheme> (*create)(const SchemeSetting&)) {
    return {.name = std::move(name),
            .summary = std::move(summary),
            .paper = "-",
            .needs = {.grid = true, .hindsight = true},
            .parameters = std::move(parameters),
            .create = create};
}

}  // namespace

SchemeKind oracle() {
    return knowing("oracle", "best configuration of each segment, known in advance", {window(1)},
                   create<Oracle>);
}

SchemeKind oracle_static() {
    SchemeKind kind =
        knowing("oracle-static", "best configuration of each block of segments, known in advance",
                {window(10)}, create<Oracle>);
    kind.yardstick = Yardstick::ceiling;
    return kind;
}

SchemeKind free_profiler() {
    return knowing("free-profiler",
                   "best configuration of the previous segments, profiled free and at once",
                   {{"window",
                     1.0,
                     "segments remembered; 0 = the best of 1, 3, 5 and 10 for the clip, known in "
                     "advance",
                     0,
                     1e6,
                     {}}},
                   create<FreeProfiler>);
}

}  // namespace oneadapt
