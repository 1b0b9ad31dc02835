#include <cmath>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "schemes/alert_model.hpp"

namespace oneadapt {
namespace {

/// As many DNNs at eight caps, each with four exits.
std::vector<AlertCandidate> bench_candidates(std::size_t dnns) {
    std::vector<AlertCandidate> candidates;
    for (std::size_t i = 0; i < dnns * 8; ++i) {
        const double seconds =
            0.01 * static_cast<double>(1 + i % 8) * static_cast<double>(1 + i / 8);
        candidates.push_back({.dnn = i,
                              .stages = {{seconds / 4, 0.5},
                                         {seconds / 2, 0.6},
                                         {seconds * 0.75, 0.7},
                                         {seconds, 0.8}},
                              .watts = 45.0 - 4.0 * static_cast<double>(i % 8)});
    }
    return candidates;
}

AlertBelief bench_belief(const SlowdownFilter& filter) {
    return {.slowdown = filter.mean(),
            .deviation = std::sqrt(filter.variance()),
            .idle_ratio = 0.25,
            .left = 0.06,
            .period = 0.1};
}

/// One decision; the argument is how many DNNs there are.
void alert_decision(benchmark::State& state) {
    const auto candidates = bench_candidates(static_cast<std::size_t>(state.range(0)));
    const SlowdownFilter filter({});
    const AlertGoal goal{.min_accuracy = 0.7, .max_energy_j = {}};
    for ([[maybe_unused]] const auto unused : state) {
        benchmark::DoNotOptimize(choose(prospects(candidates, bench_belief(filter)), goal, 0.01));
    }
}
BENCHMARK(alert_decision)->Arg(3)->Arg(7);

/// A million inputs, decided and learnt from.
void alert_million_inputs(benchmark::State& state) {
    const auto candidates = bench_candidates(7);
    const AlertGoal goal{.min_accuracy = 0.7, .max_energy_j = {}};
    for ([[maybe_unused]] const auto unused : state) {
        SlowdownFilter filter({});
        std::mt19937 bits(1);
        for (int input = 0; input < 1'000'000; ++input) {
            benchmark::DoNotOptimize(
                choose(prospects(candidates, bench_belief(filter)), goal, 0.01));
            filter.update(1 + static_cast<double>(bits()) / 4294967296.0);
        }
    }
}
BENCHMARK(alert_million_inputs)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace oneadapt
