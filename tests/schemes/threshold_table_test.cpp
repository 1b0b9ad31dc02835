#include "schemes/threshold_table.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace oneadapt {
namespace {

TEST(ThresholdTable, WithoutRowsKnowsNothing) {
    EXPECT_FALSE(ThresholdTable(5, 1e9).find({0.1}));
}

TEST(ThresholdTable, SegmentsThatChangeAlikeTakeTheThresholdOfTheirRow) {
    ThresholdTable table(1, 1);
    table.add({{0.1, 0.1, 0.1}, 2});
    table.add({{1.0, 1.0, 1.0}, 5});
    EXPECT_EQ(table.find({0.1, 0.1, 0.1}), 2U);
    // Of 30 bins from 0 to 1, 0.12 falls into the one of 0.1.
    EXPECT_EQ(table.find({0.12, 0.12, 0.12}), 2U);
    EXPECT_EQ(table.find({0.99, 1.5, 1.0}), 5U);
}

TEST(ThresholdTable, IsSilentWhereTheNearestRowsLieTooFar) {
    // Two of four changes in another bin: a distance of sqrt(0.5).
    for (const double guard : {0.7, 0.71}) {
        ThresholdTable table(1, guard);
        table.add({{0.1, 0.1, 1, 1}, 3});
        EXPECT_EQ(table.find({0.1, 0.1, 0.5, 0.5}).has_value(), guard > std::sqrt(0.5));
    }
}

TEST(ThresholdTable, TheGuardIsInProportionToTheRowsThereAre) {
    // One of five rows: a fifth of the guard.
    for (const double guard : {3.5, 3.6}) {
        ThresholdTable table(5, guard);
        table.add({{0.1, 0.1, 1, 1}, 3});
        EXPECT_EQ(table.find({0.1, 0.1, 0.5, 0.5}).has_value(), guard > 5 * std::sqrt(0.5));
    }
}

TEST(ThresholdTable, NeighboursVoteByNearness) {
    ThresholdTable table(3, 1e9);
    table.add({{1, 1, 1, 1}, 1});
    table.add({{0.1, 0.1, 0.1, 1}, 4});
    table.add({{0.5, 0.5, 1, 1}, 1});
    // sqrt(2) / 4 from the second row: a vote of 2.83; sqrt(1.25), and 0.5 times sqrt(1.5) or so,
    // from the others.
    EXPECT_EQ(table.find({0.1, 0.1, 0.1, 0.7}), 4U);
    // A row of the same key decides alone.
    EXPECT_EQ(table.find({0.5, 0.5, 1, 1}), 1U);
}

TEST(ThresholdTable, OfEqualVotesTheLowestThresholdWins) {
    ThresholdTable table(2, 1e9);
    table.add({{0, 1}, 6});
    table.add({{0, 1}, 2});
    EXPECT_EQ(table.find({0, 1}), 2U);
}

TEST(ThresholdTable, BinsWidenWithTheLargestChange) {
    ThresholdTable table(1, 0.1);
    table.add({{0.10, 0.10}, 1});
    EXPECT_FALSE(table.find({0.05, 0.05}));
    table.add({{10, 10}, 7});
    EXPECT_EQ(table.find({0.05, 0.05}), 1U);
}

TEST(ThresholdTable, FramesThatNeverChangeAreAlike) {
    ThresholdTable table(1, 0);
    table.add({{0, 0, 0}, 3});
    EXPECT_EQ(table.find({0, 0}), 3U);
}

}  // namespace
}  // namespace oneadapt
