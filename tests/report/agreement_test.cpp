#include "report/agreement.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oneadapt {
namespace {

std::optional<double> rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
    return spearman(a, b);
}

AccGradRow row(const std::string& clip, int segment, const std::string& knob, double estimate,
               double measured, double from = 20) {
    return {clip,     {.scheme = "oneadapt", .goal = {.weight = 1.0}},
            segment,  knob,
            from,     from + 2,
            estimate, measured};
}

TEST(Spearman, IsOneForAnyMonotoneRelation) {
    EXPECT_DOUBLE_EQ(rank_correlation({1, 2, 3, 4}, {-8, 0.1, 0.2, 1e9}).value(), 1);
    EXPECT_DOUBLE_EQ(rank_correlation({1, 2, 3, 4}, {9, 5, 4, -1}).value(), -1);
}

TEST(Spearman, GivesTiesTheirAverageRank) {
    // Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: covariance 4.5, variances 4.5 and 5.
    EXPECT_DOUBLE_EQ(rank_correlation({10, 20, 20, 30}, {1, 3, 2, 4}).value(),
                     4.5 / std::sqrt(4.5 * 5.0));
    // The textbook 1 - 6 sum d^2 / (n (n^2 - 1)) without ties: d = 1, 1, 0, 1, 1.
    EXPECT_DOUBLE_EQ(rank_correlation({1, 2, 3, 4, 5}, {2, 1, 3, 5, 4}).value(), 0.8);
}

TEST(Spearman, IsAbsentWithoutVariation) {
    EXPECT_FALSE(rank_correlation({1, 1, 1}, {1, 2, 3}).has_value());
    EXPECT_FALSE(rank_correlation({1}, {1}).has_value());
    EXPECT_FALSE(rank_correlation({}, {}).has_value());
}

TEST(Agreement, CountsSignsOverMeasuredChangesOtherThanZero) {
    const std::vector<AccGradRow> rows = {row("road", 0, "qp", 1, 0.2), row("road", 1, "qp", 2, -1),
                                          row("road", 2, "qp", 3, 0), row("road", 3, "qp", 0, 0.1)};
    const auto out = agreement(rows);
    ASSERT_EQ(out.size(), 6U);
    EXPECT_EQ(out[0].knob, "all");
    EXPECT_EQ(out[3].knob, "qp");
    EXPECT_EQ(out[3].averaged_over, "1");
    EXPECT_EQ(out[3].pairs, 4U);
    EXPECT_DOUBLE_EQ(out[3].equal_sign.value(), 1.0 / 3);
    EXPECT_DOUBLE_EQ(out[3].measured_zero, 0.25);
}

TEST(Agreement, AveragesLikeWithLikeOverFiveSegmentsAndOverAClip) {
    std::vector<AccGradRow> rows;
    for (int segment = 0; segment < 10; ++segment) {
        rows.push_back(row("road", segment, "qp", segment < 5 ? 1 : 2, segment % 5 == 0 ? 0.5 : 0));
        rows.push_back(row("road", segment, "qp", 3, segment == 0 ? -1 : 0.1, 30));
    }
    rows.push_back(row("lane", 0, "qp", 5, 1));
    const auto out = agreement(rows);
    EXPECT_EQ(out[4].averaged_over, "5");
    EXPECT_EQ(out[4].pairs, 5U);  // road: two blocks of two steps; lane: one
    EXPECT_EQ(out[5].averaged_over, "clip");
    EXPECT_EQ(out[5].pairs, 3U);
    // Averages: lane (5, 1), road 20 to 22 (1.5, 0.1), road 30 to 32 (3, -0.01).
    EXPECT_DOUBLE_EQ(out[5].spearman.value(), 0.5);
    EXPECT_DOUBLE_EQ(out[5].equal_sign.value(), 2.0 / 3);
}

TEST(Agreement, TakesChangesThatCancelForNoChange) {
    const std::vector<AccGradRow> rows = {
        row("road", 0, "qp", 1, 0.3), row("road", 1, "qp", 1, -0.1), row("road", 2, "qp", 1, -0.2)};
    EXPECT_DOUBLE_EQ(agreement(rows)[5].measured_zero, 1);
    EXPECT_FALSE(agreement(rows)[5].equal_sign.has_value());
}

TEST(Agreement, OfNothingIsEmpty) {
    EXPECT_TRUE(agreement({}).empty());
}

}  // namespace
}  // namespace oneadapt
