#include "report/bootstrap.hpp"

#include <cmath>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/savings.hpp"
#include "rows.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;

TEST(Intervals, GoFromThe2_5thToThe97_5thPercentile) {
    std::vector<double> values(1001);
    std::iota(values.rbegin(), values.rend(), 0.0);
    EXPECT_EQ(interval(values), (Interval{25, 975}));
    EXPECT_EQ(interval({4}), (Interval{4, 4}));
    EXPECT_EQ(interval({}), std::nullopt);
}

TEST(Bootstrap, AReplicateIsMadeOfBlocksAndAsLongAsTheClip) {
    const Bootstrap bootstrap(10, 0, 0, {.block = 4, .replicates = 500});
    EXPECT_EQ(bootstrap.blocks(), 2U);
    EXPECT_THAT(bootstrap.sums(std::vector<double>(10, 1.0)), Each(10.0));
    // Steps of one within a block: two whole ones and half a one, whose sums are 4 s + 6 and 2 s
    // + 1.
    std::vector<double> ramp(10);
    std::iota(ramp.begin(), ramp.end(), 0.0);
    const std::vector<double> sums = bootstrap.sums(ramp);
    ASSERT_EQ(sums.size(), 500U);
    for (const double sum : sums) EXPECT_EQ(std::fmod(sum - 13, 2), 0) << sum;
    EXPECT_THAT(sums, Each(AllOf(Ge(13.0), Le(4 * 6 + 6 + 4 * 6 + 6 + 2 * 6 + 1.0))));
}

TEST(Bootstrap, TheStartStandsOnceInEachReplicate) {
    const Bootstrap bootstrap(12, 2, 0, {.block = 5});
    EXPECT_EQ(bootstrap.blocks(), 2U);
    EXPECT_EQ(bootstrap.segments(), 12U);
    EXPECT_THAT(bootstrap.sums(std::vector<double>{70, 30, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}),
                Each(110.0));
}

TEST(Bootstrap, ABlockAsLongAsTheClipSaysNothingOfHowSureAFigureIs) {
    const Bootstrap bootstrap(7, 0, 0, {.block = 100});
    EXPECT_EQ(bootstrap.blocks(), 1U);
    EXPECT_THAT(bootstrap.sums(std::vector<double>{1, 2, 3, 4, 5, 6, 7}), IsEmpty());
    EXPECT_THAT(Bootstrap(7, 0, 0, {.block = 6}).sums(std::vector<double>(7, 1.0)), Each(7.0));
}

TEST(Bootstrap, TheSameSeedDrawsTheSameAndEachClipItsOwn) {
    const std::vector<double> series = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    const auto sums = [&](std::size_t clip, std::uint64_t seed) {
        return Bootstrap(series.size(), 0, clip, {.block = 3, .seed = seed}).sums(series);
    };
    EXPECT_EQ(sums(0, 1), sums(0, 1));
    EXPECT_NE(sums(0, 1), sums(1, 1));
    EXPECT_NE(sums(0, 1), sums(0, 2));
    EXPECT_NE(sums(0, 1), sums(0, 1 + (std::uint64_t{1} << 32)));
}

TEST(Bootstrap, BlocksFollowTheLengthOfTheClip) {
    EXPECT_EQ(Bootstrap(300, 0, 0, {}).blocks(), 30U);
    EXPECT_EQ(Bootstrap(25, 0, 0, {}).blocks(), 5U);
    EXPECT_EQ(Bootstrap(3, 0, 0, {}).blocks(), 3U);
    EXPECT_EQ(Bootstrap(0, 0, 0, {}).blocks(), 0U);
    EXPECT_TRUE(Bootstrap(0, 0, 0, {}).sums({}).empty());
}

/// A first-order autoregressive series around 0 of variance 1.
class Drift {
  public:
    explicit Drift(std::uint32_t seed) : random_(seed), value_(normal_(random_)) {}
    double next() {
        value_ = kMemory * value_ + std::sqrt(1 - kMemory * kMemory) * normal_(random_);
        return value_;
    }

  private:
    static constexpr double kMemory = 0.5;
    std::mt19937 random_;
    std::normal_distribution<double> normal_;
    double value_;
};

constexpr int kTrials = 400;

TEST(Bootstrap, AnIntervalHoldsTheTrueMean95TimesInAHundred) {
    constexpr std::size_t kSegments = 300;
    int inside = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
        Drift drift(static_cast<std::uint32_t>(trial));
        std::vector<double> series(kSegments);
        for (double& value : series) value = drift.next();
        const Bootstrap bootstrap(kSegments, 0, 0, {.seed = static_cast<std::uint64_t>(trial)});
        const Interval of = interval(bootstrap.sums(series)).value();
        inside += of.lo <= 0 && 0 <= of.hi ? 1 : 0;
    }
    EXPECT_GE(inside, 0.92 * kTrials);
    EXPECT_LE(inside, 0.98 * kTrials);
}

/// Two schemes on two clips, whose true saving is a fifth at every accuracy.
RunResult trial_of_a_fifth(int trial) {
    RunResult run;
    for (const std::string clip : {"road", "park"}) {
        const auto seed = static_cast<std::uint32_t>(trial * 1000 + (clip == "road" ? 0 : 500));
        for (const std::string scheme : {"saver", "payer"}) {
            for (const int weight : {1, 2, 4}) {
                const bool saver = scheme == "saver";
                Drift traffic(seed);  // what the clip costs every scheme
                Drift own(seed + static_cast<std::uint32_t>(weight * 2 + (saver ? 1 : 0)));
                for (int segment = 0; segment < 150; ++segment) {
                    const double busy = 1 + 0.2 * traffic.next() + 0.1 * own.next();
                    const double kbps = (saver ? 0.8 : 1.0) * 400 / weight * busy;
                    const double accuracy = 1 - 0.1 * weight + 0.02 * own.next();
                    run.segments.push_back(
                        segment_row(clip, weighted(scheme, weight), segment, kbps, accuracy));
                }
            }
        }
    }
    return run;
}

TEST(Bootstrap, AnIntervalHoldsTheTrueSaving95TimesInAHundred) {
    constexpr int kFewer = 200;
    int inside = 0;
    for (int trial = 0; trial < kFewer; ++trial) {
        const SummaryOptions options{
            .warmup = 0,
            .resampling = {.replicates = 300, .seed = static_cast<std::uint64_t>(trial)}};
        const auto rows = savings(summarise(trial_of_a_fifth(trial), options));
        ASSERT_EQ(rows.front().clip, "all");
        ASSERT_EQ(rows.front().scheme, "saver");
        EXPECT_EQ(rows.front().blocks, 30U);
        EXPECT_EQ(rows.front().comparable, 1.0);
        const Interval of = rows.front().interval.value();
        inside += of.lo <= 0.2 && 0.2 <= of.hi ? 1 : 0;
    }
    EXPECT_GE(inside, 0.92 * kFewer);
    EXPECT_LE(inside, 0.98 * kFewer);
}

TEST(Bootstrap, PairsShareTheirBlocks) {
    // What one pays is always half of what the other pays: no draw can say otherwise.
    RunResult run;
    Drift drift(1);
    for (int segment = 0; segment < 60; ++segment) {
        const double kbps = 300 + 100 * std::tanh(drift.next());
        run.segments.push_back(segment_row("road", weighted("payer", 1), segment, kbps, 0.75));
        run.segments.push_back(segment_row("road", weighted("saver", 1), segment, kbps / 2, 0.75));
    }
    const auto rows = savings(summarise(run, {}));
    EXPECT_EQ(rows[0].scheme, "payer");
    EXPECT_NEAR(rows[0].interval.value().lo, -1, 1e-9);
    EXPECT_NEAR(rows[0].interval.value().hi, -1, 1e-9);
    EXPECT_NEAR(rows[1].interval.value().lo, 0.5, 1e-9);
    EXPECT_NEAR(rows[1].interval.value().hi, 0.5, 1e-9);
}

}  // namespace
}  // namespace oneadapt
