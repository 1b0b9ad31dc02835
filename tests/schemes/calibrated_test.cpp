#include "schemes/calibrated.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/calibrated_dial.hpp"
#include "schemes/loss_scale.hpp"
#include "schemes/region_values.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::FakeScene;
using test::Stage;
using ::testing::ElementsAre;
using ::testing::SizeIs;

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

TEST(Dial, TakesItsCheapestValueOnlyWhileThatIsKnownToBeRight) {
    Dial dial{.last = 4, .scale = LossScale({})};
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(dial.cheapest(8), 3U) << i << " measurements may be freaks";
        dial.measured(0, 1);
    }
    EXPECT_EQ(dial.cheapest(8), 4U);
    dial.unmeasured = 7;
    EXPECT_EQ(dial.cheapest(8), 4U);
    dial.unmeasured = 8;
    EXPECT_EQ(dial.cheapest(8), 3U) << "there nothing cheaper can be measured, so it is left";
    dial.measured(0, 1);
    EXPECT_EQ(dial.cheapest(8), 4U);
    EXPECT_EQ((Dial{.last = 2, .by = Dial::By::dnns, .scale = LossScale({})}.cheapest(8)), 2U);
}

TEST(Dial, GrowsCheaperHalfWayAtMostAndHalvesToTheDearest) {
    Dial dial{.last = 5, .places = {0, 1, 2}, .scale = LossScale({})};
    dial.grow_cheaper();
    EXPECT_THAT(dial.places, ElementsAre(1, 2, 2));
    dial.places = {5, 4, 1};
    dial.halve();
    EXPECT_THAT(dial.places, ElementsAre(2, 2, 0));
}

TEST(Dial, LooksAtWhatTheCameraCanEncodeInTime) {
    Dial eleven{.last = 10, .scale = LossScale({})};
    EXPECT_EQ(eleven.stride(1, 11), 1U);
    EXPECT_EQ(eleven.stride(1, 10.9), 2U) << "the dearest, five others, and what is chosen";
    EXPECT_EQ(eleven.stride(1, 7), 2U);
    EXPECT_EQ(eleven.stride(1, 5), 4U);
    EXPECT_EQ(eleven.stride(1, 0.1), 10U) << "one at a time";
    EXPECT_EQ(eleven.stride(0, 5), 1U) << "where encoding takes no time";
    eleven.by = Dial::By::regions;
    EXPECT_EQ(eleven.stride(1, 11), 2U) << "the choice is none of those that are looked at";
    EXPECT_EQ(eleven.stride(1, 12), 1U);
}

TEST(Dial, LooksNearAndAtOthersEachTime) {
    Dial dial{.last = 10, .places = {5}, .scale = LossScale({})};
    for (int i = 0; i < 5; ++i) dial.measured(0.1, 1);
    EXPECT_THAT(dial.to_look_at(8, 100, 1), SizeIs(11));
    EXPECT_THAT(dial.to_look_at(8, 1, 1), ElementsAre(4, 5, 6));
    EXPECT_THAT(dial.to_look_at(8, 100, 3), ElementsAre(0, 3, 6, 9));
    dial.times_looked = 1;
    EXPECT_THAT(dial.to_look_at(8, 100, 3), ElementsAre(1, 4, 7, 10));
    EXPECT_THAT(dial.to_look_at(8, 2, 3), ElementsAre(4, 7));
    dial.places = {10};
    dial.unmeasured = 8;
    EXPECT_THAT(dial.within(8, 1), ElementsAre(8, 9)) << "its cheapest is not open to it";
    dial.by = Dial::By::regions;
    EXPECT_THAT(dial.to_look_at(8, 1, 4), ElementsAre(1, 5, 9));
}

TEST(Dial, ChoosesOfWhatItSawLately) {
    Dial dial{.last = 4, .scale = LossScale({})};
    for (int i = 0; i < 5; ++i) dial.measured(0.1, 1);  // a difference of 1 costs 0.1
    dial.turn_value(8, 100);
    EXPECT_EQ(dial.places.front(), 0U) << "nothing seen";
    dial.seen[0].emplace();
    dial.seen[2] = Dial::Seen{.difference = 1, .saved = 0.2};
    dial.seen[4] = Dial::Seen{.difference = 4, .saved = 0.3};
    dial.turn_value(8, 100);
    EXPECT_EQ(dial.places.front(), 2U) << "0.1 less than 0.2, against 0.4 more than 0.3";
    dial.turn_value(8, 1);
    EXPECT_EQ(dial.places.front(), 2U);
}

TEST(Calibrated, KeepsUpWithACameraThatEncodesSlowly) {
    // A megapixel takes 0.1 s: ten frames of 64 x 32 pixels 2 ms, five times that in a segment.
    const auto quick = [](int) { return FakeScene{.fps = 1000}; };
    Stage stage(60, {"qp"}, {}, {}, {}, quick);
    const auto played = stage.play("calibrated", 1);
    for (const auto& p : played) EXPECT_LE(p.ledger.camera_encodes, 50);
    EXPECT_GE(played.back().ledger.camera_encodes, 40) << "one in four of eleven values";
    EXPECT_GT(Stage(60, {"qp"}).play("calibrated", 1).back().ledger.camera_encodes, 90);
    std::set<double> places;
    for (const auto& p : played) places.insert(p.configuration.get("qp", 0));
    EXPECT_GT(places.size(), 2U) << "all values come to be looked at";
    // Two dials take turns.
    Stage two(60, {"qp", "resolution"}, {}, {},
              {{"qp", {20, 30, 40}}, {"resolution", {1.0, 0.5, 0.25}}}, quick);
    std::set<double> qps;
    std::set<double> resolutions;
    for (const auto& p : two.play("calibrated", 3)) {
        EXPECT_LE(p.ledger.camera_encodes, 50);
        qps.insert(p.configuration.get("qp", 0));
        resolutions.insert(p.configuration.get("resolution", 0));
    }
    EXPECT_GT(qps.size(), 1U);
    EXPECT_GT(resolutions.size(), 1U);
}

TEST(Calibrated, AdaptsOnACameraThatHardlyEncodesOnceInTime) {
    // 1.25 encodings in a segment: it looks seldom, and plays what it saw in between.
    Stage stage(120, {"qp"}, {}, {}, {}, [](int) { return FakeScene{.fps = 4000}; });
    const auto played = stage.play("calibrated", 3);
    const auto encodes = [](const auto& p) { return p.ledger.camera_encodes; };
    EXPECT_EQ(std::ranges::max(played, {}, encodes).ledger.camera_encodes, 30);
    std::int64_t all = 0;
    for (const auto& p : played) all += p.ledger.camera_encodes;
    EXPECT_LE(all, 120 * 12.5 + 30) << "it keeps up";
    EXPECT_GT(played.back().configuration.get("qp", 0), 20);
    // None in time: it looks once, at the cheapest.
    Stage late(120, {"qp"}, {}, {}, {}, [](int) { return FakeScene{.fps = 10000}; });
    std::int64_t looked = 0;
    const auto behind = late.play("calibrated", 3);
    for (const auto& p : behind) looked += p.ledger.camera_encodes > 10 ? 1 : 0;
    EXPECT_EQ(looked, 1);
    EXPECT_GT(behind.back().configuration.get("qp", 0), 20);
}

cv::Mat tiles(std::initializer_list<float> of_eight) {
    return cv::Mat(std::vector<float>(of_eight), true).reshape(1, 2);
}

TEST(TileWeights, AreTheMeanOfLatelyAndOneOnAverage) {
    TileWeights weights(0.5, 0.2);
    const cv::Mat first = weights.add(tiles({8, 0, 0, 0, 0, 0, 0, 0}));
    EXPECT_NEAR(first.at<float>(0, 0), 0.8 * 8 + 0.2, 1e-6);
    EXPECT_NEAR(first.at<float>(1, 3), 0.2, 1e-6) << "what no gradient speaks of is not given up";
    // However large the next gradient is, it counts by its shape.
    const cv::Mat then = weights.add(tiles({0, 0, 0, 0, 0, 0, 0, 100}));
    EXPECT_NEAR(then.at<float>(0, 0), 0.8 * 4 + 0.2, 1e-6);
    EXPECT_NEAR(then.at<float>(1, 3), 0.8 * 4 + 0.2, 1e-6);
    EXPECT_NEAR(cv::mean(then)[0], 1, 1e-6);
    TileWeights blind(0.5, 0.2);
    EXPECT_NEAR(
        cv::norm(blind.add(tiles({0, 0, 0, 0, 0, 0, 0, 0})), tiles({1, 1, 1, 1, 1, 1, 1, 1})), 0,
        1e-6)
        << "a DNN that sees nothing says nothing";
}

TEST(Damage, IsWhatIsChangedBeyondADearerEncode) {
    const cv::Mat found =
        damage(tiles({3, 2, 1, 0, 0, 0, 0, 0}), tiles({1, 2, 2, 0, 0, 0, 0, 0}), 2);
    EXPECT_NEAR(cv::norm(found, tiles({8, 0, 0, 0, 0, 0, 0, 0})), 0, 1e-6);
    EXPECT_NEAR(
        cv::norm(damage(tiles({3, 2, 1, 0, 0, 0, 0, 0}), 3), tiles({27, 8, 1, 0, 0, 0, 0, 0})), 0,
        1e-5);
}

class ValuesOfRegions : public ::testing::Test {
  protected:
    const test::FakeInstruments fake_;
    const RegionGrid regions_ = fake_.instruments.input.regions({64, 32});
    const cv::Mat none_ = tiles({0, 0, 0, 0, 0, 0, 0, 0});
    const cv::Mat alike_ = tiles({1, 1, 1, 1, 1, 1, 1, 1});
};

TEST_F(ValuesOfRegions, AreCheapWhereLittleIsLostForWhatIsSaved) {
    // At the cheapest value each region saves 0.1; of these 0.8 the regions lose 0.05, 0.15, ...
    const std::vector<RegionalValue> values = {{none_, 0},
                                               {tiles({0.4F, 1.2F, 0, 0, 0, 0, 0, 4}), 0.8}};
    EXPECT_THAT(values_of_regions(values, alike_, 1, 0, regions_),
                ElementsAre(1, 0, 1, 1, 1, 1, 1, 0));
    // Twice the weight of a tile is twice the loss, and so is twice the scale.
    EXPECT_THAT(values_of_regions(values, tiles({3, 1, 1, 1, 1, 1, 1, 1}), 1, 0, regions_),
                ElementsAre(0, 0, 1, 1, 1, 1, 1, 0));
    EXPECT_THAT(values_of_regions(values, alike_, 0.5, 0, regions_),
                ElementsAre(1, 1, 1, 1, 1, 1, 1, 0));
    EXPECT_THAT(values_of_regions(values, alike_, 0, 0, regions_), ::testing::Each(1U));
}

TEST_F(ValuesOfRegions, AreDearWhereNothingIsSaved) {
    // Only where something changes were bytes saved: elsewhere both values are equal.
    const std::vector<RegionalValue> values = {{none_, 0}, {tiles({8, 0, 0, 0, 0, 0, 0, 0}), 0.8}};
    EXPECT_THAT(values_of_regions(values, alike_, 0.7, 1, regions_),
                ElementsAre(1, 0, 0, 0, 0, 0, 0, 0))
        << "the first loses 0.7 and saves all 0.8";
    EXPECT_THAT(values_of_regions(values, alike_, 0.9, 1, regions_), ::testing::Each(0U));
}

TEST_F(ValuesOfRegions, MayLieBetween) {
    const std::vector<RegionalValue> values = {
        {none_, 0}, {tiles({0, 0, 0, 1, 1, 1, 1, 1}), 0.8}, {tiles({0, 8, 0, 9, 9, 9, 9, 9}), 1}};
    EXPECT_THAT(values_of_regions(values, alike_, 0.5, 0, regions_),
                ElementsAre(2, 1, 2, 1, 1, 1, 1, 1));
}

TEST(LossScale, BeginsWithAGuess) {
    LossScale careful({.power = 1, .memory = 0, .long_memory = 1, .prior = 1, .guess = 3});
    EXPECT_EQ(careful.loss(0.1), 0) << "of nothing but a guess: what a difference is, is not known";
    careful.measured(0, 0.1);
    // The mean of a long time: three guesses of 0.5 and a loss of 0; and then that loss once more.
    EXPECT_NEAR(careful.loss(0.1), (1.5 / 4) / 2, 1e-12);
    for (int i = 0; i < 10000; ++i) careful.measured(0.2, 0.1);
    EXPECT_NEAR(careful.loss(0.1), 0.2, 1e-4) << "which measurements replace";
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

TEST(Calibrated, ShowsASilentDnnMoreNowAndThen) {
    // Objects that are seen at QP 30, and then fainter ones that are not, but at 25.
    Stage stage(40, {"qp"}, {}, {}, {{"qp", {20, 25, 30, 35, 40, 45}}}, [](int i) {
        const double contrast = i < 14 ? 125 : 62;
        return FakeScene{.objects = 3,
                         .frames_a_cell = 1000,
                         .contrast_low = contrast,
                         .contrast_high = contrast,
                         .shift = -i};
    });
    const auto played = stage.play("calibrated", 0.3, {{"explore", "4"}});
    EXPECT_EQ(played[13].configuration.text(), "qp=30");
    EXPECT_EQ(played[13].accuracy, 1);
    EXPECT_EQ(played[15].accuracy, 0) << "the DNN is blind to them, and says so";
    double later = 0;
    for (std::size_t i = 20; i < 40; ++i) later += played[i].accuracy / 20;
    EXPECT_GT(later, 0.9);
}

TEST(Calibrated, IsNotBlindToWhatAppearsAfterNothing) {
    // An empty street for half the clip, and then objects that the cheapest values do not show:
    // where nothing is said nothing is lost, and a scheme that learnt this would never see them.
    Stage stage(40, {"qp"}, {}, {}, {{"qp", {20, 25, 30, 35, 40, 45, 50}}}, [](int i) {
        return FakeScene{.objects = i < 20 ? 0 : 3,
                         .frames_a_cell = 1000,
                         .contrast_low = 70,
                         .contrast_high = 70,
                         .shift = -i};
    });
    for (const double weight : {0.01, 0.1}) {
        const auto played = stage.play("calibrated", weight, {{"explore", "4"}});
        EXPECT_EQ(played[0].configuration.text(), "qp=20");
        EXPECT_EQ(played[19].configuration.text(), "qp=35") << "half way, and not further";
        double later = 0;
        for (std::size_t i = 25; i < 40; ++i) later += played[i].accuracy / 15;
        EXPECT_GT(later, 0.9) << weight;
    }
}

TEST(Calibrated, StaysWithTheReferenceWhereNothingIsPricedOrSeen) {
    Stage stage(8, {"qp"}, {}, {}, {}, [](int) { return FakeScene{.objects = 0}; });
    for (const auto& played : stage.play("calibrated", 0)) {
        EXPECT_EQ(played.configuration, stage.space().reference());
    }
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

TEST(Calibrated, GivesRegionsThatMatterMoreThanTheRest) {
    Stage stage(24, {"macroblock"}, {}, {}, {{"macroblock", {20, 50}}},
                [](int) { return FakeScene{.objects = 1, .frames_a_cell = 1000}; });
    const auto played = stage.play("calibrated", 0.5, {{"explore", "1000"}});
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
