#include "schemes/alert_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace oneadapt {
namespace {

/// A normal distribution function, by numerical integration of the density.
double integrated(double z) {
    constexpr int kSteps = 200000;
    constexpr double kLow = -12;
    const double width = (z - kLow) / kSteps;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
        const double x = kLow + (i + 0.5) * width;
        sum += std::exp(-x * x / 2);
    }
    return sum * width / std::sqrt(2 * std::acos(-1.0));
}

TEST(SlowdownFilter, EqualsAReferenceStepByStep) {
    // By alert_reference.py, with filterpy 1.4.5.
    struct Step {
        double ratio, mean, variance;
    };
    constexpr Step kSteps[] = {
        {1.02, 1.01986754966887, 0.15},
        {0.97, 0.970488929290306, 0.100993377483444},
        {1.6, 1.59382772953829, 0.100990195441854},
        {1.71, 1.70961782429859, 0.302976077062175},
        {1.55, 1.55156493110297, 0.100996710267434},
        {2.9, 2.88677877752053, 0.100990195762222},
        {2.4, 2.40038031154655, 1.2789474061016},
        {1.05, 1.05245080405207, 0.549994809398869},
        {0.99, 0.990043412731138, 1.43753663232718},
        {1.01, 1.00995419514027, 0.434687116761055},
    };
    SlowdownFilter filter({});
    EXPECT_EQ(filter.mean(), 1);
    EXPECT_EQ(filter.variance(), 0.1);
    for (const Step& step : kSteps) {
        filter.update(step.ratio);
        EXPECT_NEAR(filter.mean(), step.mean, 1e-13) << step.ratio;
        EXPECT_NEAR(filter.variance(), step.variance, 1e-13) << step.ratio;
    }
}

TEST(IdleFilter, EqualsAReferenceStepByStep) {
    constexpr double kSteps[][2] = {{0.3, 0.295495495495495},  {0.6, 0.448498431196773},
                                    {0.55, 0.486659114430366}, {0.58, 0.516759268559386},
                                    {0.2, 0.422681695195211},  {0.22, 0.365083509561738}};
    IdleFilter filter({}, 0.25);
    for (const auto& [seen, ratio] : kSteps) {
        filter.update(seen);
        EXPECT_NEAR(filter.ratio(), ratio, 1e-13) << seen;
    }
}

TEST(SlowdownFilter, FindsAConstantSlowdown) {
    for (const double truth : {0.5, 1.0, 1.7, 4.0}) {
        SlowdownFilter filter({});
        for (int i = 0; i < 50; ++i) filter.update(truth);
        EXPECT_NEAR(filter.mean(), truth, 1e-9);
        // The fixed point of V = (1 - K) V + Q with K = V / (V + R).
        const double v = (0.1 + std::sqrt(0.1 * 0.1 + 4 * 0.1 * 0.001)) / 2;
        EXPECT_NEAR(filter.variance(), v, 1e-9);
    }
}

TEST(Alert, FinishesWithTheProbabilityOfItsSlack) {
    const AlertBelief belief{.slowdown = 1.2, .deviation = 0.3, .left = 0.1};
    for (const double seconds : {0.05, 0.08, 0.1, 0.15}) {
        EXPECT_NEAR(finish_probability(seconds, belief), integrated((0.1 / seconds - 1.2) / 0.3),
                    1e-7);
    }
    const AlertBelief known{.slowdown = 2, .deviation = 0, .left = 0.1};
    EXPECT_EQ(finish_probability(0.05, known), 1) << "just in time";
    EXPECT_EQ(finish_probability(0.0501, known), 0);
}

TEST(Alert, ExpectsWhatTheClosedFormSays) {
    const AlertBelief belief{.slowdown = 1, .deviation = 0.5, .left = 1, .failure = 0.1};
    const AlertCandidate anytime{
        .dnn = 0, .stages = {{0.4, 0.5}, {0.7, 0.7}, {1, 0.9}}, .watts = 1};
    const double p1 = integrated((1 / 0.4 - 1) / 0.5);
    const double p2 = integrated((1 / 0.7 - 1) / 0.5);
    const double p3 = 0.5;
    EXPECT_NEAR(expected_accuracy(anytime, belief),
                0.5 * (p1 - p2) + 0.7 * (p2 - p3) + 0.9 * p3 + 0.1 * (1 - p1), 1e-7);
    const AlertCandidate traditional{.dnn = 1, .stages = {{0.4, 0.8}}, .watts = 1};
    EXPECT_NEAR(expected_accuracy(traditional, belief), 0.8 * p1 + 0.1 * (1 - p1), 1e-7);
}

TEST(Alert, ExpectsPowerTimesTime) {
    const AlertBelief belief{
        .slowdown = 1.5, .deviation = 0, .idle_ratio = 0.2, .left = 1, .period = 2};
    EXPECT_NEAR(expected_energy({0, {{0.4, 1}}, 10}, belief), 10 * (0.6 + 0.2 * 1.4), 1e-12);
    EXPECT_NEAR(expected_energy({0, {{0.4, 1}, {0.9, 1}}, 10}, belief), 10 * (1 + 0.2 * 1), 1e-12)
        << "the deadline stops it";
}

std::vector<AlertCandidate> random_candidates(std::mt19937& bits) {
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * (static_cast<double>(bits()) / 4294967296.0);
    };
    std::vector<AlertCandidate> candidates;
    for (std::size_t i = 0; i < 30; ++i) {
        AlertCandidate candidate{.dnn = i, .stages = {}, .watts = uniform(5, 45)};
        double seconds = 0;
        double accuracy = 0.3;
        for (std::size_t k = 0; k < 1 + i % 4; ++k) {
            seconds += uniform(0.01, 0.1);
            accuracy += uniform(0.01, 0.15);
            candidate.stages.push_back({seconds, accuracy});
        }
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

TEST(Alert, WithoutDoubtItIsAnExhaustiveSearch) {
    std::mt19937 bits(3);
    for (int round = 0; round < 200; ++round) {
        const auto candidates = random_candidates(bits);
        const AlertBelief sure{
            .slowdown = 1, .deviation = 0, .idle_ratio = 0.25, .left = 0.15, .period = 0.2};
        const AlertGoal goal{.min_accuracy = 0.5, .max_energy_j = {}};
        const std::size_t chosen = choose(prospects(candidates, sure), goal, 0.01);
        const auto in_time = [&](const AlertCandidate& c) {
            double accuracy = 0;
            for (const Stage& stage : c.stages) {
                if (stage.seconds <= 0.15) accuracy = stage.accuracy;
            }
            return accuracy;
        };
        const auto energy = [&](const AlertCandidate& c) {
            const double busy = std::min(0.15, c.stages.back().seconds);
            return c.watts * (busy + 0.25 * (0.2 - busy));
        };
        double least = 1e9;
        for (const AlertCandidate& c : candidates) {
            if (in_time(c) >= 0.5) least = std::min(least, energy(c));
        }
        ASSERT_LT(least, 1e9);
        EXPECT_GE(in_time(candidates[chosen]), 0.5);
        EXPECT_NEAR(energy(candidates[chosen]), least, 1e-12);
    }
}

TEST(Alert, TheOrderOfCandidatesMeansNothing) {
    std::mt19937 bits(5);
    for (int round = 0; round < 100; ++round) {
        auto candidates = random_candidates(bits);
        candidates.push_back(candidates[7]);  // equals but for its number
        candidates.back().dnn = 99;
        const AlertBelief belief{
            .slowdown = 1.3, .deviation = 0.3, .idle_ratio = 0.3, .left = 0.12, .period = 0.2};
        for (const AlertGoal& goal :
             {AlertGoal{0.45, {}}, AlertGoal{0.99, {}}, AlertGoal{{}, 1.5}, AlertGoal{{}, 0.01}}) {
            const std::size_t before =
                candidates[choose(prospects(candidates, belief), goal, 0.01)].dnn;
            auto shuffled = candidates;
            std::shuffle(shuffled.begin(), shuffled.end(), bits);
            EXPECT_EQ(shuffled[choose(prospects(shuffled, belief), goal, 0.01)].dnn, before);
        }
    }
}

TEST(Alert, WhatCannotBeKeptGivesWayInOrder) {
    const std::vector<Prospect> all = {{0.8, 5, 0}, {0.795, 3, 1}, {0.5, 1, 2}};
    EXPECT_EQ(choose(all, {0.9, {}}, 0.01), 0U) << "as accurate as can be";
    EXPECT_EQ(choose(all, {{}, 0.5}, 0.01), 1U) << "nearly as accurate, for least energy";
    EXPECT_EQ(choose(all, {{}, 3.0}, 0.01), 1U);
    EXPECT_EQ(choose(all, {0.5, {}}, 0.01), 2U);
}

TEST(Alert, ABeliefIsHopelessWhereNothingCanBeInTime) {
    const std::vector<AlertCandidate> candidates = {
        {.dnn = 0, .stages = {{0.2, 0.9}}, .watts = 5},
        {.dnn = 1, .stages = {{0.1, 0.5}, {0.4, 0.9}}, .watts = 10},
        {.dnn = 2, .stages = {{0.1, 0.6}}, .watts = 20}};
    AlertBelief belief{.slowdown = 2, .left = 0.2};
    EXPECT_FALSE(hopeless(prospects(candidates, belief), belief));
    belief.left = 0.19;
    EXPECT_TRUE(hopeless(prospects(candidates, belief), belief));
    EXPECT_EQ(quickest(candidates).dnn, 1U);
    belief.deviation = 0.5;
    EXPECT_FALSE(hopeless(prospects(candidates, belief), belief)) << "it is not sure";
    belief.left = 0;
    belief.deviation = 0;
    EXPECT_FALSE(hopeless(prospects(candidates, belief), belief)) << "nothing can be learnt";
}

TEST(Alert, AWindowGivesBackWhatWasTooGood) {
    const std::vector<double> achieved = {0.2, 0.9, 0.9, 0.5};
    EXPECT_DOUBLE_EQ(windowed_goal(0.8, 1, achieved), 0.8);
    EXPECT_DOUBLE_EQ(windowed_goal(0.8, 3, achieved), 3 * 0.8 - 1.4);
    EXPECT_DOUBLE_EQ(windowed_goal(0.8, 10, {}), 0.8);
    EXPECT_DOUBLE_EQ(windowed_goal(0.8, 4, achieved), 4 * 0.8 - 2.3);
    EXPECT_EQ(windowed_goal(0.9, 4, std::vector{0.1, 0.1, 0.1}), 1) << "no more can be asked";
}

}  // namespace
}  // namespace oneadapt
