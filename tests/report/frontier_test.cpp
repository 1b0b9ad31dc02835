#include "report/frontier.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/savings.hpp"
#include "rows.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Points = std::vector<OperatingPoint>;

const Points curve = {{100, 0.5}, {220, 0.71}, {430, 0.83}, {1000, 0.95}};

Points scaled(const Points& points, double factor) {
    Points out = points;
    for (OperatingPoint& p : out) p.cost *= factor;
    return out;
}

TEST(Frontier, KeepsWhatNoOtherPointBeatsByAscendingCost) {
    EXPECT_THAT(
        frontier({{300, 0.8}, {100, 0.5}, {200, 0.4}, {300, 0.7}, {400, 0.8}, {500, 0.9}}),
        ElementsAre(OperatingPoint{100, 0.5}, OperatingPoint{300, 0.8}, OperatingPoint{500, 0.9}));
    EXPECT_THAT(frontier({{100, 0.5}, {100, 0.5}}), ElementsAre(OperatingPoint{100, 0.5}));
}

TEST(Frontier, LeavesOutWhatHasNoLogarithm) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(frontier({{0, 0.9}, {-1, 1.0}, {nan, 1.0}, {10, nan}}), IsEmpty());
}

TEST(Saving, OfCostsScaledByKIsOneMinusK) {
    for (const double k : {0.3, 0.75, 1.0, 1.6, 4.0}) {
        const Comparison c = compare(scaled(curve, k), curve);
        EXPECT_EQ(c.overlap, Overlap::range);
        EXPECT_NEAR(c.saving.value(), 1 - k, 1e-12);
        EXPECT_EQ(c.accuracy_lo, 0.5);
        EXPECT_EQ(c.accuracy_hi, 0.95);
        EXPECT_EQ(c.points, 4U);
    }
}

TEST(Saving, OfEachAgainstTheOtherMultiplyToOne) {
    const Points other = {{90, 0.42}, {300, 0.69}, {350, 0.9}, {2000, 0.91}};
    const double ab = compare(curve, other).saving.value();
    const double ba = compare(other, curve).saving.value();
    EXPECT_NEAR((1 - ab) * (1 - ba), 1.0, 1e-12);
    EXPECT_DOUBLE_EQ(*compare(curve, other).accuracy_gain, -*compare(other, curve).accuracy_gain);
}

TEST(Saving, IntegratesStraightLinesOfLogCostExactly) {
    // log cost of a over accuracy: 1 at 0.2, 2 at 0.6, 5 at 0.8; of b: 2 at 0.4, 4 at 1.
    const Points a = {{std::exp(1), 0.2}, {std::exp(2), 0.6}, {std::exp(5), 0.8}};
    const Points b = {{std::exp(2), 0.4}, {std::exp(4), 1.0}};
    // Shared 0.4..0.8: a runs 1.5 to 2 over half of it and 2 to 5 over the other, mean 2.625;
    // b runs 2 to 10/3, mean 8/3.
    const Comparison c = compare(a, b);
    EXPECT_NEAR(c.saving.value(), 1 - std::exp(2.625 - 8.0 / 3), 1e-12);
    EXPECT_EQ(c.accuracy_lo, 0.4);
    EXPECT_EQ(c.accuracy_hi, 0.8);
    // Shared log cost 2..4: a runs 0.6 to 0.6 + 0.2 * 2/3, b runs 0.4 to 1.
    EXPECT_NEAR(c.accuracy_gain.value(), 0.6 + 0.2 / 3 - 0.7, 1e-12);
    EXPECT_DOUBLE_EQ(c.cost_lo.value(), std::exp(2));
    EXPECT_DOUBLE_EQ(c.cost_hi.value(), std::exp(4));
}

TEST(Saving, IgnoresDominatedPoints) {
    Points worse = curve;
    worse.push_back({900, 0.6});
    worse.push_back({2000, 0.95});
    EXPECT_EQ(compare(worse, curve).saving, 0.0);
    EXPECT_EQ(compare(worse, curve).points, 4U);
}

TEST(Saving, OfAHullPassesOverWhatTwoInTurnMakeNoDearer) {
    // 390 for 0.6 is beaten by no point, and 100 for 0.5 and 400 for 0.9 in turn make 0.6 for 175.
    const Points two = {{100, 0.5}, {400, 0.9}};
    const Points more = {{100, 0.5}, {390, 0.6}, {400, 0.9}};
    const Points dear = scaled(two, 2);
    EXPECT_NEAR(*compare(dear, more, Lines::hull).saving, -1, 1e-12);
    EXPECT_NEAR(*compare(more, dear, Lines::hull).saving, 0.5, 1e-12);
    EXPECT_NEAR(*compare(two, more, Lines::hull).accuracy_gain, 0, 1e-12);
    EXPECT_GT(*compare(dear, more, Lines::straight).saving, -0.9)
        << "more to choose from, and dearer";
    EXPECT_NEAR(*compare(curve, scaled(curve, 2), Lines::hull).saving, 0.5, 1e-12);
}

TEST(Saving, OfAHullKeepsWhatCannotBePlayedForLess) {
    // In turn they make 0.7 for 250; 220 is less, though a line in log cost passes at 200.
    const Points three = {{100, 0.5}, {220, 0.7}, {400, 0.9}};
    EXPECT_EQ(*compare(curve, three, Lines::hull).saving,
              *compare(curve, three, Lines::straight).saving);
}

TEST(Saving, IsAbsentWhereNoAccuracyIsShared) {
    const Comparison c = compare({{10, 0.1}, {200, 0.4}}, curve);
    EXPECT_EQ(text(c.overlap), "no overlap in accuracy");
    EXPECT_FALSE(c.saving || c.accuracy_lo || c.accuracy_hi);
    EXPECT_TRUE(c.accuracy_gain.has_value()) << "costs 100 to 200 are shared";
    EXPECT_EQ(c.cost_lo, 100);
    EXPECT_EQ(c.cost_hi, 200);
}

TEST(Saving, TakesMeansThatDifferByTheirRoundingForTheSame) {
    const double a = 0.1 + 0.2;
    const double b = 0.3;
    ASSERT_NE(a, b);
    // They share but their points at 40, whose means were added up in another order; another at 70
    // has that mean too.
    const Comparison c = compare({{40, b}, {70, a}, {100, 0.9}}, {{20, 0.1}, {40, a}});
    EXPECT_EQ(text(c.overlap), "single point");
    EXPECT_NEAR(c.saving.value(), 0, 1e-9);
    EXPECT_EQ(c.points, 2U);
}

TEST(Saving, OfASinglePointIsTakenAtItsAccuracy) {
    const Points b = {{std::exp(2), 0.4}, {std::exp(4), 1.0}};
    const Comparison c = compare({{std::exp(2.5), 0.7}}, b);
    EXPECT_EQ(text(c.overlap), "single point");
    EXPECT_NEAR(c.saving.value(), 1 - std::exp(-0.5), 1e-12);
    EXPECT_EQ(c.accuracy_lo, 0.7);
    EXPECT_EQ(c.accuracy_hi, 0.7);
    EXPECT_EQ(compare({{50, 0.3}}, b).overlap, Overlap::none);
}

TEST(Saving, NeedsTwoPointsSomewhere) {
    EXPECT_EQ(text(compare({{100, 0.5}}, {{200, 0.6}}).overlap), "fewer than two points");
    EXPECT_EQ(compare({}, curve).overlap, Overlap::too_few);
    EXPECT_EQ(compare(curve, {}).overlap, Overlap::too_few);
}

TEST(Savings, ComparesEveryOrderedPairOnEachClipAgainstTheBestStaticInHindsight) {
    RunResult run;
    for (const auto& [weight, kbps, accuracy] :
         {std::tuple{1.0, 80.0, 0.5}, std::tuple{0.1, 800.0, 0.9}}) {
        run.segments.push_back(segment_row("road", weighted("a", weight), 0, kbps, accuracy));
    }
    run.segments.push_back(segment_row("road", fixed("qp=20"), 0, 1000, 0.9));
    run.segments.push_back(segment_row("road", fixed("qp=22"), 0, 1200, 0.8));  // dominated
    run.segments.push_back(segment_row("road", fixed("qp=50"), 0, 100, 0.5));
    const auto rows = savings(summarise(run, {}));
    ASSERT_EQ(rows.size(), 16U);
    EXPECT_EQ(rows[3].resource, Resource::bandwidth);
    EXPECT_EQ(rows[4].resource, Resource::gpu);
    EXPECT_EQ(rows[0].clip, "all");
    EXPECT_EQ(rows[2].clip, "road");
    EXPECT_EQ(rows[2].scheme, "a");
    EXPECT_EQ(rows[2].baseline, "static");
    EXPECT_NEAR(rows[2].comparison.saving.value(), 0.2, 1e-12);
    EXPECT_EQ(rows[2].comparison.baseline_points, 2U);
    EXPECT_NEAR(rows[3].comparison.saving.value(), -0.25, 1e-12);
}

TEST(Savings, SayWhatShareOfTheRoomASchemeGets) {
    RunResult run;
    const auto add = [&](const CellId& cell, double kbps, double accuracy) {
        run.segments.push_back(segment_row("road", cell, 0, kbps, accuracy));
    };
    for (const auto& [scheme, factor] :
         {std::pair("oracle-static", 0.6), std::pair("good", 0.8), std::pair("bad", 1.1)}) {
        add(weighted(scheme, 1), factor * 100, 0.5);
        add(weighted(scheme, 2), factor * 200, 0.7);
    }
    add(weighted("elsewhere", 1), 300, 0.8);
    add(weighted("elsewhere", 2), 400, 0.9);
    add(fixed("qp=50"), 100, 0.5);
    add(fixed("qp=30"), 200, 0.7);
    add(fixed("qp=20"), 800, 0.9);
    std::map<std::pair<std::string, std::string>, std::optional<double>> shares;
    for (const SavingRow& row : savings(summarise(run, {}))) {
        if (row.clip == "road" && row.resource == Resource::bandwidth && row.part == Part::whole) {
            shares[{row.scheme, row.baseline}] = row.share;
        }
    }
    EXPECT_NEAR(shares.at({"oracle-static", "static"}).value(), 1, 1e-12);
    EXPECT_NEAR(shares.at({"good", "static"}).value(), 0.5, 1e-12);
    EXPECT_NEAR(shares.at({"bad", "static"}).value(), -0.25, 1e-12);
    EXPECT_FALSE(shares.at({"elsewhere", "static"})) << "no accuracy that all three reach";
    EXPECT_FALSE(shares.at({"good", "bad"}));
    run.segments[0].kbps = 100;
    run.segments[1].kbps = 200;
    for (const SavingRow& row : savings(summarise(run, {}))) EXPECT_FALSE(row.share);
}

TEST(Savings, LeaveOutCellsWithFailedSegments) {
    RunResult run;
    run.segments = {segment_row("road", weighted("a", 1), 0, 80, 0.5),
                    segment_row("road", weighted("a", 2), 0, 70, 0.4),
                    failed_row("road", weighted("a", 2), 1, "no frame"),
                    segment_row("road", fixed("qp=20"), 0, 1000, 0.9)};
    const auto rows = savings(summarise(run, {}));
    EXPECT_EQ(rows[0].comparison.points, 1U);
    EXPECT_EQ(rows[0].comparison.overlap, Overlap::too_few);
}

}  // namespace
}  // namespace oneadapt
