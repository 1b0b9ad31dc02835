#include "schemes/reducto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/biased_filter.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::Stage;

const std::map<std::string, std::vector<KnobValue>> kThresholds = {
    {"filter-pixel", {0, 0.1, 0.2, 0.5}}};

Stage filter_stage(int segments) {
    return Stage(segments, {"filter-pixel"}, {}, {}, kThresholds);
}

TEST(Reducto, ThresholdZeroKeepsEveryFrame) {
    Stage stage(12, {"filter-pixel"}, {}, {}, {{"filter-pixel", {0}}});
    for (const auto& played : stage.play("reducto", 10)) {
        EXPECT_EQ(played.ledger.forward_frames, 10);
        EXPECT_EQ(played.accuracy, 1);
    }
}

TEST(Reducto, AnUnlimitedBudgetPlaysTheReference) {
    Stage stage = filter_stage(12);
    for (const char* variant : {"published", "fixed", "profiling"}) {
        for (const auto& played : stage.play("reducto", 0, {{"variant", variant}})) {
            EXPECT_EQ(played.accuracy, 1) << variant;
            // Of what is as good as the reference the profile takes the least.
            if (variant == std::string("profiling")) continue;
            EXPECT_EQ(played.ledger.forward_frames, 10) << variant;
        }
    }
}

TEST(Reducto, SendsTheFirstSegmentsWholeAndThenLooksThresholdsUp) {
    Stage stage = filter_stage(10);
    // All segments change alike: nothing and everything, in turn. So thresholds up to 0.5 keep the
    // five frames after which something has moved, and cost no accuracy.
    const auto played = stage.play("reducto", 1);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration.get("filter-pixel", -1), i < 5 ? 0 : 0.5) << i;
        EXPECT_GT(played[i].ledger.gflop, 0);
    }
    EXPECT_EQ(
        stage.play("reducto", 1, {{"bootstrap", "2"}})[2].configuration.get("filter-pixel", -1),
        0.5);
}

TEST(Reducto, PaysForTheTableOnBothWays) {
    Stage stage = filter_stage(7);
    const auto played = stage.play("reducto", 1);
    const auto whole = stage.encoding(0, stage.space().reference())->bytes;
    // Nine changes and a threshold, at four bytes.
    EXPECT_EQ(played[0].ledger.uplink_bytes, whole + 40);
    EXPECT_EQ(played[0].ledger.downlink_bytes, 40);
    EXPECT_EQ(played[6].ledger.uplink_bytes, stage.encoding(6, played[6].configuration)->bytes);
    EXPECT_EQ(played[6].ledger.downlink_bytes, 0);
}

TEST(Reducto, IsChargedForLookingAtFrames) {
    Stage stage = filter_stage(7);
    const double gflop = stage.lab(0).take(Change{"filter-pixel"})->gflop;
    const double dnn = 10 * stage.world().dnns.front().gflop;
    EXPECT_DOUBLE_EQ(stage.play("reducto", 1)[0].ledger.gflop, dnn + gflop);
}

TEST(Reducto, WaitsForATableThatIsUnderWay) {
    Environment slow;
    slow.downlink = Series::constant(8e-5, downlink_series());  // ten bytes a second
    Stage stage(12, {"filter-pixel"}, slow, {}, kThresholds);
    const auto played = stage.play("reducto", 1);
    // The first row is there four seconds after the first segment; each takes four.
    EXPECT_EQ(played[5].configuration.get("filter-pixel", -1), 0.5);
    Environment slower;
    slower.downlink = Series::constant(1e-6, downlink_series());
    Stage without(12, {"filter-pixel"}, slower, {}, kThresholds);
    for (const auto& segment : without.play("reducto", 1)) {
        EXPECT_EQ(segment.configuration.get("filter-pixel", -1), 0);
    }
}

TEST(Reducto, WhatResemblesNothingIsSentWhole) {
    // From segment 7 on objects move in every frame.
    Stage stage(9, {"filter-pixel"}, {}, {}, kThresholds,
                [](int segment) { return test::FakeScene{.frames_a_cell = segment < 7 ? 2 : 1}; });
    const auto played = stage.play("reducto", 1, {{"distance", "0.5"}});
    EXPECT_EQ(played[6].configuration.get("filter-pixel", -1), 0.5);
    EXPECT_EQ(played[7].configuration.get("filter-pixel", -1), 0);
    EXPECT_EQ(
        stage.play("reducto", 1, {{"distance", "9"}})[7].configuration.get("filter-pixel", -1),
        0.5);
}

FrameChanges steady_changes(int frames, double each) {
    FrameChanges changes;
    for (int i = 0; i + 1 < frames; ++i) {
        auto& row = changes.from.emplace_back();
        for (int j = i + 1; j < frames; ++j) row.push_back(each * (j - i));
    }
    return changes;
}

TEST(BiasedFrames, AreThoseThatLieAboveTheMean) {
    // Of five frames in steady motion the pairs lie 1 1 1 1 2 2 2 3 3 4 apart: 2 on average, 1 off.
    const FrameChanges changes = steady_changes(5, 1);
    EXPECT_EQ(biased_frames({changes}, {-3}, 5), (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(biased_frames({changes}, {-0.5}, 5), (std::vector<int>{0, 2, 4}));
    EXPECT_EQ(biased_frames({changes}, {0}, 5), (std::vector<int>{0, 3}));
    EXPECT_EQ(biased_frames({changes}, {1}, 5), (std::vector<int>{0, 4}));
    EXPECT_EQ(biased_frames({changes}, {3}, 5), (std::vector<int>{0}));
}

TEST(BiasedFrames, HaveToPassInEveryFeature) {
    const FrameChanges changes = steady_changes(5, 1);
    const FrameChanges same = steady_changes(5, 0);
    EXPECT_EQ(biased_frames({changes, changes}, {-0.5, 1}, 5), (std::vector<int>{0, 4}));
    EXPECT_EQ(biased_frames({changes, same}, {-0.5, -1}, 5), (std::vector<int>{0, 2, 4}));
    EXPECT_EQ(biased_frames({changes, same}, {-0.5, 0}, 5), (std::vector<int>{0}));
}

TEST(Reducto, ProfilesEveryFourthSegmentWhereItsVariantDoes) {
    Stage stage = filter_stage(9);
    const auto played = stage.play("reducto", 100, {{"variant", "profiling"}});
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.forward_frames, i % 4 == 0 ? 10 : 1) << i;
        EXPECT_EQ(played[i].ledger.downlink_bytes, i % 4 == 0 ? 4 : 0) << i;
    }
}

TEST(Reducto, FixedBiasesLearnNothing) {
    Stage stage = filter_stage(3);
    const std::map<std::string, std::string> fixed = {
        {"variant", "fixed"}, {"bias", "-1"}, {"bias-spread", "0"}};
    const auto cheap = stage.play("reducto", 100, fixed);
    const auto dear = stage.play("reducto", 0, fixed);
    for (std::size_t i = 0; i < cheap.size(); ++i) {
        EXPECT_EQ(cheap[i].ledger, dear[i].ledger);
        EXPECT_EQ(cheap[i].ledger.downlink_bytes, 0);
        EXPECT_LT(cheap[i].ledger.forward_frames, 10);
    }
}

}  // namespace
}  // namespace oneadapt
