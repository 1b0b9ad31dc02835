// Rules of thumb that know nothing of a DNN.

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/depth_regions.hpp"
#include "schemes/importance.hpp"
#include "schemes/range_rings.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::FakeScene;
using test::Stage;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(Importance, GoesFromAllFineToAllCoarse) {
    for (const double importance : {0.0, 0.3, 1.0}) {
        EXPECT_EQ(place_by_importance(importance, 1, 5), 0U);
        EXPECT_EQ(place_by_importance(importance, 0, 5), 4U);
    }
    EXPECT_EQ(place_by_importance(1, 0.5, 5), 0U);
    EXPECT_EQ(place_by_importance(0.5, 0.5, 5), 2U);
    EXPECT_EQ(place_by_importance(0, 0.5, 5), 4U);
    EXPECT_EQ(place_by_importance(0, 0.5, 1), 0U);
}

TEST(EqualBits, EachRingGetsEquallyManyAsFarAsItCan) {
    const std::vector<double> points = {400, 200, 100};
    // 4, 8 and 16 bits a point are 1,600 a ring.
    EXPECT_THAT(equal_bits(points, 1, 20, 4800.0 / 700),
                ElementsAre(DoubleNear(4, 1e-6), DoubleNear(8, 1e-6), DoubleNear(16, 1e-6)));
    // With 10 at most, the last has 1,000, and the others share what is left.
    EXPECT_THAT(equal_bits(points, 1, 10, 4200.0 / 700),
                ElementsAre(DoubleNear(4, 1e-6), DoubleNear(8, 1e-6), DoubleNear(10, 1e-6)));
}

TEST(EqualBits, GoFromTheLowestToTheHighest) {
    const std::vector<double> points = {300, 0, 7};
    EXPECT_THAT(equal_bits(points, 8, 14, 14), ElementsAre(DoubleNear(14, 1e-6), 14, 14));
    EXPECT_THAT(equal_bits(points, 8, 14, 8),
                ElementsAre(DoubleNear(8, 1e-6), 14, DoubleNear(8, 0.1)));
    EXPECT_THAT(equal_bits({0, 0}, 8, 14, 8), ElementsAre(14, 14));
}

TEST(RangeRings, GivesEachRowOfRegionsOneValue) {
    // In this world each row has as many pixels as the other.
    Stage stage(2, {"lidar-tiles"}, {}, {}, {{"lidar-tiles", {14, 11, 8}}});
    EXPECT_EQ(stage.play("range-rings", 0)[0].configuration.text(), "lidar-tiles=14");
    EXPECT_EQ(stage.play("range-rings", 4)[1].configuration.text(), "lidar-tiles=11");
    EXPECT_EQ(stage.play("range-rings", 1e6)[1].configuration.text(), "lidar-tiles=8");
    EXPECT_GT(stage.play("range-rings", 1)[0].ledger.gflop, 10 * stage.world().dnns[0].gflop);
}

TEST(Nearness, IsTheShareThatLiesBehind) {
    const cv::Mat depth = (cv::Mat_<float>(2, 2) << 0.4F, 0.1F, 0.4F, 0.9F);
    EXPECT_THAT(nearness(depth), ElementsAre(0.5, 1, 0.5, 0));
    EXPECT_THAT(nearness(cv::Mat::ones(1, 2, CV_32F)), ElementsAre(1, 1));
}

TEST(DepthRegions, AreTheFinerTheNearer) {
    // The object stands out as brighter, so as farther.
    Stage stage(1, {"macroblock"}, {}, {}, {{"macroblock", {20, 30, 40}}},
                [](int) { return FakeScene{.objects = 1, .frames_a_cell = 1000}; });
    const auto qps = [&](double weight) {
        return stage.play("depth-regions", weight)[0].configuration.values().at("macroblock");
    };
    EXPECT_EQ(qps(0), (std::vector<double>{20}));
    EXPECT_EQ(qps(4), (std::vector<double>{40, 20, 20, 20, 20, 20, 20, 20}));
    EXPECT_EQ(qps(1e6), (std::vector<double>{40}));
}

TEST(VoiceActivity, SpendsWhileItIsLoud) {
    // Segment 2 is silent.
    Stage stage(5, {"qp"}, {}, {}, {{"qp", {20, 30, 40}}},
                [](int segment) { return FakeScene{.objects = segment == 2 ? 0 : 4}; });
    for (const auto& played : stage.play("voice-activity", 0)) {
        EXPECT_EQ(played.configuration.text(), "qp=20");
    }
    const auto played = stage.play("voice-activity", 4);
    EXPECT_EQ(played[2].configuration.text(), "qp=40");
    EXPECT_EQ(played[3].configuration.text(), "qp=20");
    for (const auto& cheap : stage.play("voice-activity", 1e6)) {
        EXPECT_EQ(cheap.configuration.text(), "qp=40");
    }
    // It remembers silence for a while.
    EXPECT_EQ(stage.play("voice-activity", 4, {{"memory", "1"}})[4].configuration,
              stage.play("voice-activity", 4)[0].configuration);
}

}  // namespace
}  // namespace oneadapt
