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
        : hindsight_(*setting.hindsight), weight_(setting.goal.price()) {}

  private:
    Configuration decide(Testbed& testbed) override {
        const auto now = static_cast<std::size_t>(testbed.segment().index);
        if (now == 0) return testbed.space().reference();
        return hindsight_.grid[hindsight_.best(now - 1, now, weight_)];
    }

    const Hindsight& hindsight_;
    double weight_;
};

template <class T>
std::unique_ptr<Scheme> create(const SchemeSetting& setting) {
    return std::make_unique<T>(setting);
}

ParameterSpec window(double otherwise) {
    return {"window", otherwise, "segments per block; 0 = the whole clip", 0, 1e6, {}};
}

SchemeKind yardstick(std::string name, std::string summary, std::vector<ParameterSpec> parameters,
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
    return yardstick("oracle", "best configuration of each segment, known in advance", {window(1)},
                     create<Oracle>);
}

SchemeKind oracle_static() {
    return yardstick("oracle-static",
                     "best configuration of each block of segments, known in advance", {window(10)},
                     create<Oracle>);
}

SchemeKind free_profiler() {
    return yardstick("free-profiler",
                     "best configuration of the previous segment, profiled free and at once", {},
                     create<FreeProfiler>);
}

}  // namespace oneadapt
