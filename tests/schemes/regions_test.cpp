#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/dials.hpp"
#include "schemes/oneadapt.hpp"
#include "schemes/stage.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using test::Stage;
using ::testing::Each;
using ::testing::ElementsAre;

KnobSpace space_of(const std::vector<std::string>& names) {
    return KnobSpace::from_names(names, {});
}

/// 4 x 4 regions, a tile each.
RegionGrid grid() {
    cv::Mat of_tile(4, 4, CV_32S);
    std::iota(of_tile.begin<int>(), of_tile.end<int>(), 0);
    return {{4, 4}, of_tile};
}

TEST(Dials, AGlobalKnobIsOneARegionalKnobOneForEachBlock) {
    const KnobSpace space = space_of({"resolution", "macroblock"});
    EXPECT_EQ(Dials(space, grid(), 1).count(), 2U);
    EXPECT_EQ(Dials(space, grid(), 4).count(), 5U);
    const Dials each(space, grid(), 0);
    EXPECT_EQ(each.count(), 17U);
    EXPECT_EQ(each.knob(0), 0U);
    EXPECT_EQ(each.knob(16), 1U);
    EXPECT_EQ(each.of_knob(1).size(), 16U);
    EXPECT_THROW(Dials(space, grid(), 5), UsageError);
}

TEST(Dials, BlocksAreSquaresOfRegions) {
    const KnobSpace space = space_of({"macroblock"});
    const Dials dials(space, grid(), 4);
    EXPECT_EQ(dials.at({0, 1, 2, 3}).text(), "macroblock=24x2:30x2:24x2:30x2:36x2:42x2:36x2:42x2");
    EXPECT_EQ(dials.at({1, 1, 1, 1}).text(), "macroblock=30");
}

TEST(Dials, PartsOfATileMapAddUpToItsMean) {
    const KnobSpace space = space_of({"resolution", "macroblock"});
    cv::Mat tiles(4, 4, CV_32F);
    cv::RNG rng(3);
    rng.fill(tiles, cv::RNG::UNIFORM, 0, 1);
    for (const int blocks : {0, 1, 4, 16}) {
        const Dials dials(space, grid(), blocks);
        for (std::size_t knob = 0; knob < 2; ++knob) {
            const auto parts = dials.parts(knob, tiles);
            EXPECT_NEAR(std::accumulate(parts.begin(), parts.end(), 0.0), cv::mean(tiles)[0], 1e-9);
        }
    }
    cv::Mat corner = cv::Mat::zeros(4, 4, CV_32F);
    corner.at<float>(3, 0) = 16;
    EXPECT_THAT(Dials(space, grid(), 4).parts(1, corner), ElementsAre(0, 0, 1, 0));
}

TEST(Allot, TwoLevelsGiveTheDearestToTheShareWithMostToLose) {
    Levels levels{{100, 40}, {std::vector<double>(10, 0.0), {}}};
    for (int region = 0; region < 10; ++region) levels.loss[1].push_back(region);
    for (int dear = 1; dear <= 9; ++dear) {
        const auto chosen = allot(levels, dear / 10.0);
        // At the price each of a region pays exactly what it gains; the cheaper of equals is taken.
        for (int region = 0; region < 10; ++region) {
            const std::size_t expected = region > 10 - dear ? 0 : 1;
            EXPECT_EQ(chosen[static_cast<std::size_t>(region)], expected) << dear << ' ' << region;
        }
    }
    EXPECT_THAT(allot(levels, 0), Each(1U));
    levels.loss[1][0] = 0.5;
    EXPECT_THAT(allot(levels, 1), Each(0U)) << "all that lose something";
}

TEST(Allot, MoreLevelsEachMinimiseLossPlusPrice) {
    cv::RNG rng(11);
    Levels levels{{100, 60, 30, 20}, std::vector<std::vector<double>>(4)};
    for (int region = 0; region < 50; ++region) {
        double loss = 0;
        for (auto& level : levels.loss) level.push_back(loss += rng.uniform(0.0, 1.0));
    }
    std::vector<double> gains;
    for (std::size_t r = 0; r < 50; ++r) gains.push_back(levels.loss[3][r] - levels.loss[0][r]);
    std::ranges::sort(gains, std::greater<>());
    const double price = gains[9] / (1 - 0.2);  // a share of 0.2 of 50
    const auto chosen = allot(levels, 0.2);
    for (std::size_t r = 0; r < 50; ++r) {
        const auto total = [&](std::size_t l) {
            return levels.loss[l][r] + price * levels.cost[l] / 100;
        };
        for (std::size_t l = 0; l < 4; ++l) EXPECT_LE(total(chosen[r]), total(l) + 1e-12);
    }
}

TEST(Allot, WhatLosesNothingGetsTheCheapest) {
    const Levels levels{{100, 50}, {{0, 0, 0}, {0, 1, 0}}};
    EXPECT_THAT(allot(levels, 1), ElementsAre(1U, 0U, 1U));
}

/// How many of the segment's 8 regions are at the dearest value.
int dearest(const Configuration& configuration) {
    const auto& qps = configuration.values().at("macroblock");
    return static_cast<int>(std::ranges::count(qps, 24.0)) * (qps.size() == 1 ? 8 : 1);
}

TEST(OneAdapt, AllotsRegionsInClosedForm) {
    Stage stage(6, {"macroblock"});
    const auto played = stage.play("oneadapt", 1.0);
    EXPECT_EQ(played[0].configuration.text(), "macroblock=24") << "starts with the dearest";
    for (const auto& p : played) {
        EXPECT_EQ(p.ledger.backward_frames, 1);
        EXPECT_EQ(p.notes.size(), 3U) << "a step between each two of four levels";
    }
    EXPECT_EQ(played[0].ledger.camera_encodes, 40);
    EXPECT_EQ(played[1].ledger.camera_encodes, 50) << "the four levels and what is sent";
    for (std::size_t i = 1; i < played.size(); ++i) {
        const int share = dearest(played[i].configuration);
        EXPECT_GT(share, 0);
        EXPECT_LE(share, 4) << "of 8 regions, as many as have objects in the last frame";
    }
}

TEST(OneAdapt, TheShareOfDearRegionsFallsWithThePrice) {
    Stage stage(6, {"macroblock"});
    int before = 9;
    for (const double weight : {0.0, 0.5, 5.0}) {
        const int now = dearest(stage.play("oneadapt", weight).back().configuration);
        EXPECT_LE(now, before) << weight;
        before = now;
    }
    EXPECT_LE(before, 1);
}

TEST(OneAdapt, TunesBlocksEachOnItsOwn) {
    Stage stage(6, {"macroblock"});
    const auto one = stage.play("oneadapt", 1.0, {{"blocks", "1"}});
    for (const auto& p : one) {
        EXPECT_EQ(p.configuration.values().at("macroblock").size(), 1U);
        EXPECT_EQ(p.notes.size(), 1U);
    }
    const auto four = stage.play("oneadapt", 1.0, {{"blocks", "4"}});
    EXPECT_EQ(four[0].ledger.camera_encodes, 20) << "one neighbour serves all blocks";
    EXPECT_THROW(stage.play("oneadapt", 1.0, {{"blocks", "3"}}), UsageError);
    // Without a price nothing gets worse, whatever the blocks.
    for (const char* blocks : {"1", "4", "16"}) {
        EXPECT_EQ(stage.play("oneadapt", 0.0, {{"blocks", blocks}}).back().configuration.text(),
                  "macroblock=24");
    }
}

TEST(Gradient, OneBlockIsTheGlobalKnob) {
    Stage by_block(8, {"macroblock"});
    Stage global(8, {"qp"}, {}, {}, {{"qp", {24, 30, 36, 42}}});
    for (const char* scheme : {"oneadapt", "oneadapt-bounded", "pixel-difference"}) {
        for (const double weight : {0.1, 1.0, 10.0}) {
            const auto one = by_block.play(scheme, weight, {{"blocks", "1"}});
            const auto same = global.play(scheme, weight);
            for (std::size_t i = 0; i < one.size(); ++i) {
                EXPECT_EQ(one[i].configuration.get("macroblock", 0),
                          same[i].configuration.get("qp", 0));
                EXPECT_EQ(one[i].ledger.camera_encodes, same[i].ledger.camera_encodes);
            }
        }
    }
}

TEST(Bounded, RegionsWithoutObjectsGetCheaper) {
    Stage stage(12, {"macroblock"});
    const auto played = stage.play("oneadapt-bounded", 1.0, {{"difference-share", "0"}});
    const auto& qps = played.back().configuration.values().at("macroblock");
    ASSERT_EQ(qps.size(), 8U) << "regions differ";
    EXPECT_EQ(std::ranges::max(qps), 42);
    const auto saved = stage.play("oneadapt-bounded", 1.0, {{"blocks", "1"}});
    EXPECT_GT(Stage::objective(played, 1.0), Stage::objective(saved, 1.0));
}

}  // namespace
}  // namespace oneadapt
