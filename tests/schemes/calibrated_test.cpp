#include "schemes/calibrated.hpp"

#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/likely_regions.hpp"
#include "schemes/loss_scale.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::FakeScene;
using test::Stage;
using ::testing::ElementsAre;

TEST(LossScale, IsWhatWasMeasuredWhereThatIsAlwaysTheSame) {
    LossScale scale({.power = 0.5});
    EXPECT_FALSE(scale.known());
    EXPECT_EQ(scale.loss(1), 0);
    for (int i = 0; i < 5; ++i) {
        scale.measured(0.3, 0.09);  // one for each unit of the root
        EXPECT_NEAR(scale.loss(0.09), 0.3, 1e-12);
        EXPECT_NEAR(scale.loss(0.04), 0.2, 1e-12);
        EXPECT_EQ(scale.loss(0), 0);
        EXPECT_EQ(scale.loss(-1), 0);
    }
}

TEST(LossScale, DrawsWhatIsNewTowardsTheMeanOfALongTime) {
    LossScale scale({.power = 1, .memory = 0.5, .long_memory = 1, .prior = 2});
    scale.measured(0.1, 1);
    scale.measured(0.3, 1);
    // Lately (0.05 + 0.3) of 1.5; for long 0.4 of 2, which counts as two measurements.
    EXPECT_NEAR(scale.loss(1), (0.35 + 0.4) / (1.5 + 2), 1e-12);
    LossScale nothing({});
    nothing.measured(0, 0);
    EXPECT_TRUE(nothing.known());
    EXPECT_EQ(nothing.loss(1), 0) << "what changes nothing loses nothing";
    LossScale forgetful({.power = 1, .memory = 0, .long_memory = 1, .prior = 0});
    forgetful.measured(0.1, 1);
    forgetful.measured(0.3, 1);
    EXPECT_NEAR(forgetful.loss(1), 0.3, 1e-12);
}

Output moving_box(int frames, float speed) {
    Output output;
    for (int i = 0; i < frames; ++i) {
        const float x = 16 + speed * static_cast<float>(i);
        output.frames.push_back({.detections = {{x, 0, x + 32, 16, 0.9F, 1}}});
    }
    return output;
}

TEST(LikelyRegions, MoveOnAsTheBoxDid) {
    const auto boxes = moved_on(moving_box(10, 2), 0.5, 10);  // the last at 34
    ASSERT_EQ(boxes.size(), 3U);
    EXPECT_NEAR(boxes[0].x1, 36, 1e-4);
    EXPECT_NEAR(boxes[1].x1, 44, 1e-4);
    EXPECT_NEAR(boxes[2].x1, 54, 1e-4);
    EXPECT_NEAR(boxes[2].x2, 86, 1e-4);
    EXPECT_TRUE(moved_on(moving_box(10, 2), 0.95, 10).empty());
    // What came from nowhere stays where it is.
    for (const Detection& box : moved_on(moving_box(1, 2), 0.5, 10)) EXPECT_EQ(box.x1, 16);
}

TEST(LikelyRegions, HoldTheirShareOfAMapAndWhatLiesBeside) {
    const test::FakeInstruments fake;
    const RegionGrid regions = fake.instruments.input.regions({64, 32});
    const cv::Mat tiles = (cv::Mat_<float>(2, 4) << 0, 0, 0, 6, 1, 1, 1, 1);
    EXPECT_THAT(heaviest_regions(tiles, 0.6, regions),
                ElementsAre(false, false, true, true, false, false, false, true));
    EXPECT_THAT(heaviest_regions(tiles, 1, regions), ::testing::Contains(true).Times(8));
}

TEST(Calibrated, PlaysTheReferenceWhereNothingIsPriced) {
    for (const std::vector<std::string>& knobs :
         {std::vector<std::string>{"qp"}, {"qp", "resolution"}, {"macroblock"}}) {
        Stage stage(4, knobs);
        for (const auto& played : stage.play("calibrated", 0)) {
            EXPECT_EQ(played.configuration, stage.space().reference());
            EXPECT_EQ(played.accuracy, 1);
        }
    }
}

TEST(Calibrated, PaysForAnEncodeAndAnInferenceOfEachMeasurement) {
    Stage stage(4, {"qp"});
    const auto played = stage.play("calibrated", 1, {{"reach", "1"}});
    for (const auto& p : played) {
        EXPECT_EQ(p.ledger.forward_frames, 20);
        EXPECT_EQ(p.ledger.backward_frames, 0);
        EXPECT_EQ(p.ledger.server_encodes, 10);
        EXPECT_EQ(p.ledger.downlink_bytes, 12);
    }
    EXPECT_EQ(played[0].ledger.camera_encodes, 10);
    EXPECT_EQ(played[1].ledger.camera_encodes, 20) << "the reference, and its neighbour";
}

TEST(Calibrated, IsNotFarFromTheBestConfigurationOfASteadyScene) {
    Stage stage(30, {"qp"}, {}, {}, {}, [](int i) {
        return FakeScene{.frames_a_cell = 1000, .shift = -i};  // the same again and again
    });
    for (const double weight : {1.0, 3.0}) {
        const auto played = stage.play("calibrated", weight);
        double best = -1e9;
        for (std::size_t c = 0; c < stage.hindsight().grid.size(); ++c) {
            best = std::max(best, stage.hindsight().objective(29, c, weight));
        }
        EXPECT_LT(played.back().relative_cost, 1);
        EXPECT_GT(played.back().accuracy - weight * played.back().relative_cost, best - 0.15)
            << weight;
    }
}

TEST(Calibrated, LeavesTheCheapestValueWhenItsLossIsNoLongerKnown) {
    // Large objects, which no value loses, and then small ones.
    Stage stage(40, {"qp"}, {}, {}, {{"qp", {20, 35, 50}}}, [](int i) {
        return FakeScene{.objects = i < 14 ? 0 : 3, .frames_a_cell = 1000, .shift = -i};
    });
    const auto played = stage.play("calibrated", 0.3, {{"explore", "4"}});
    const auto at = [&](std::size_t i) { return played[i].configuration.text(); };
    EXPECT_EQ(at(12), "qp=50") << "nothing is lost";
    double later = 0;
    for (std::size_t i = 30; i < 40; ++i) later += played[i].accuracy / 10;
    double cheapest = 0;
    const auto fixed = stage.play("static", 0.3, {}, Configuration::parse("qp=50"));
    for (std::size_t i = 30; i < 40; ++i) cheapest += fixed[i].accuracy / 10;
    EXPECT_GT(later, cheapest + 0.1);
}

TEST(Calibrated, HasOnePriceForAByteOnAllCameras) {
    const auto choices = [](double weight, double rate) {
        Stage stage(12, {"qp"}, {}, {}, {},
                    [](int i) { return FakeScene{.frames_a_cell = 1000, .shift = -i}; });
        std::vector<Configuration> all;
        for (const auto& played :
             stage.play("calibrated", weight, {{"rate", fmt::format("{}", rate)}})) {
            all.push_back(played.configuration);
        }
        return all;
    };
    EXPECT_EQ(choices(1, 100), choices(2, 200)) << "the same price for a byte";
    EXPECT_NE(choices(1, 0.5), choices(1, 5000));
}

TEST(Calibrated, GivesLikelyRegionsMoreThanTheRest) {
    Stage stage(24, {"macroblock"}, {}, {}, {{"macroblock", {20, 50}}},
                [](int) { return FakeScene{.objects = 1, .frames_a_cell = 1000}; });
    const auto played = stage.play("calibrated", 0.5, {{"margin", "0"}, {"explore", "1000"}});
    const auto& qps = played.back().configuration.values().at("macroblock");
    ASSERT_EQ(qps.size(), 8U);
    EXPECT_EQ(qps[0], 20) << "where the object is";
    EXPECT_EQ(qps[3], 50);
    EXPECT_EQ(played.back().accuracy, 1);
}

TEST(Calibrated, ChoosesTheSmallestDnnOnlyWhereItSaysEnough) {
    Stage stage(8, {"model"}, {}, Prices::of_gpu_share(1));
    const auto free = stage.play("calibrated", 0);
    EXPECT_EQ(free.back().configuration, stage.space().reference());
    const auto priced = stage.play("calibrated", 100, {{"dnns-every", "5"}});
    EXPECT_EQ(priced.back().configuration, stage.space().at({2}));
    // All three on one frame in the first and sixth segment.
    EXPECT_EQ(priced[1].ledger.forward_frames, 10);
    EXPECT_EQ(priced[0].ledger.forward_frames, 13);
    EXPECT_EQ(priced[5].ledger.forward_frames, 13);
}

}  // namespace
}  // namespace oneadapt
