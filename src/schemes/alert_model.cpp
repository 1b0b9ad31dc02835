#include "schemes/alert_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace oneadapt {

void SlowdownFilter::update(double ratio) {
    const double step = gain_ * innovation_;
    noise_ = std::max(constants_.least_noise,
                      constants_.forgetting * noise_ + (1 - constants_.forgetting) * step * step);
    const double predicted = (1 - gain_) * variance_ + noise_;
    innovation_ = ratio - mean_;
    gain_ = predicted / (predicted + constants_.measurement_noise);
    mean_ += gain_ * innovation_;
    variance_ = predicted;
}

void IdleFilter::update(double ratio) {
    const double predicted = variance_ + constants_.idle_process_noise;
    const double gain = predicted / (predicted + constants_.idle_measurement_noise);
    variance_ = (1 - gain) * predicted;
    ratio_ += gain * (ratio - ratio_);
}

double finish_probability(double seconds, const AlertBelief& belief) {
    const double slack = belief.left / seconds - belief.slowdown;
    if (belief.deviation <= 0) return slack >= 0 ? 1.0 : 0.0;
    return 0.5 * std::erfc(-slack / belief.deviation / std::numbers::sqrt2);
}

double expected_accuracy(const AlertCandidate& candidate, const AlertBelief& belief) {
    double before = 1;  // probability that the stage before was finished
    double accuracy = belief.failure;
    double sum = 0;
    for (const Stage& stage : candidate.stages) {
        const double finished = finish_probability(stage.seconds, belief);
        sum += accuracy * (before - finished);
        before = finished;
        accuracy = stage.accuracy;
    }
    return sum + accuracy * before;
}

double expected_energy(const AlertCandidate& candidate, const AlertBelief& belief) {
    const double busy = std::min(belief.slowdown * candidate.seconds(), std::max(0.0, belief.left));
    const double idle = std::max(0.0, belief.period - busy);
    return candidate.watts * (busy + belief.idle_ratio * idle);
}

namespace {

bool more_accurate(const Prospect& a, const Prospect& b) {
    if (a.accuracy != b.accuracy) return a.accuracy > b.accuracy;
    return a.energy != b.energy ? a.energy < b.energy : a.dnn < b.dnn;
}

bool cheaper(const Prospect& a, const Prospect& b) {
    if (a.energy != b.energy) return a.energy < b.energy;
    return a.accuracy != b.accuracy ? a.accuracy > b.accuracy : a.dnn < b.dnn;
}

}  // namespace

std::vector<Prospect> prospects(std::span<const AlertCandidate> candidates,
                                const AlertBelief& belief) {
    std::vector<Prospect> all;
    all.reserve(candidates.size());
    for (const AlertCandidate& c : candidates) {
        all.push_back({expected_accuracy(c, belief), expected_energy(c, belief), c.dnn});
    }
    return all;
}

std::size_t choose(std::span<const Prospect> prospects, const AlertGoal& goal, double near) {
    constexpr double kRounding = 1e-12;  // of sums that meet the goal exactly
    std::optional<std::size_t> best;
    Prospect best_prospect{};
    const auto pick = [&](const auto& allowed, const auto& better) {
        for (std::size_t i = 0; i < prospects.size(); ++i) {
            if (!allowed(prospects[i]) || (best && !better(prospects[i], best_prospect))) continue;
            best = i;
            best_prospect = prospects[i];
        }
    };
    const auto any = [](const Prospect&) { return true; };
    if (goal.min_accuracy) {
        pick([&](const Prospect& p) { return p.accuracy >= *goal.min_accuracy - kRounding; },
             cheaper);
        if (!best) pick(any, more_accurate);
        return *best;
    }
    const double budget = goal.max_energy_j.value_or(std::numeric_limits<double>::infinity());
    pick([&](const Prospect& p) { return p.energy <= budget + kRounding; }, more_accurate);
    if (!best) {
        const double most = std::ranges::max_element(prospects, {}, &Prospect::accuracy)->accuracy;
        pick([&](const Prospect& p) { return p.accuracy >= most - near; }, cheaper);
    }
    return *best;
}

bool hopeless(std::span<const Prospect> prospects, const AlertBelief& belief) {
    return belief.left > 0 && std::ranges::all_of(prospects, [&](const Prospect& prospect) {
               return prospect.accuracy <= belief.failure;
           });
}

const AlertCandidate& quickest(std::span<const AlertCandidate> candidates) {
    return *std::ranges::min_element(candidates, {}, [](const AlertCandidate& candidate) {
        return std::pair(candidate.stages.front().seconds, candidate.dnn);
    });
}

double windowed_goal(double goal, std::size_t window, std::span<const double> achieved) {
    const std::size_t known = std::min(window - 1, achieved.size());
    const auto last = achieved.last(known);
    const double sum = std::accumulate(last.begin(), last.end(), 0.0);
    return std::clamp(goal * static_cast<double>(known + 1) - sum, 0.0, 1.0);
}

}  // namespace oneadapt
