#include "schemes/eaar.hpp"

#include <gtest/gtest.h>

#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::FakeScene;
using test::Stage;

const std::map<std::string, std::string> kAlways = {{"motion", "0"}};
const std::map<std::string, std::string> kNever = {{"motion", "1000000"}, {"content", "2"}};

TEST(Eaar, WithRegionsOfTheWholeFrameIsUniformlyFine) {
    Stage stage(6, {"macroblock"});
    const auto played = stage.play("eaar", 100, {{"motion", "0"}, {"margin", "100"}});
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration, stage.space().reference());
        EXPECT_EQ(played[i].ledger.uplink_bytes,
                  stage.encoding(i, stage.space().reference())->bytes);
        EXPECT_EQ(played[i].accuracy, 1);
    }
}

TEST(Eaar, AnUnlimitedBudgetPlaysTheReference) {
    Stage stage(4, {"macroblock"});
    for (const auto& played : stage.play("eaar", 0, kAlways)) {
        EXPECT_EQ(played.configuration, stage.space().reference());
    }
    for (const auto& played : stage.play("eaar-oracle", 0)) {
        EXPECT_EQ(played.configuration, stage.space().reference());
    }
}

TEST(Eaar, IsFineWhereTheLastResultSawSomething) {
    // One object that stays in the first cell.
    Stage stage(4, {"macroblock"}, {}, {}, {{"macroblock", {20, 50}}},
                [](int) { return FakeScene{.objects = 1, .frames_a_cell = 1000}; });
    std::map<std::string, std::string> settings = kAlways;
    settings["margin"] = "0";
    const auto played = stage.play("eaar", 100, settings);
    EXPECT_EQ(played[0].configuration, stage.space().reference());
    for (std::size_t i = 1; i < played.size(); ++i) {
        const auto& qps = played[i].configuration.values().at("macroblock");
        ASSERT_EQ(qps.size(), 8U);
        EXPECT_EQ(qps[0], 20);
        EXPECT_EQ(qps[3], 50);
        EXPECT_EQ(played[i].accuracy, 1);
        EXPECT_LT(played[i].relative_bytes, 1);
        EXPECT_EQ(played[i].ledger.downlink_bytes, 24);
    }
}

TEST(Eaar, TracksWhatIsNotWorthSending) {
    Stage stage(5, {"macroblock"}, {}, {}, {},
                [](int) { return FakeScene{.frames_a_cell = 1000, .shift = 0}; });
    const auto played = stage.play("eaar", 1, kNever);
    EXPECT_GT(played[0].ledger.uplink_bytes, 0);
    for (std::size_t i = 1; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.uplink_bytes, 0);
        EXPECT_EQ(played[i].ledger.forward_frames, 0);
        EXPECT_GT(played[i].ledger.gflop, 0);
        // Nothing moves; what is seen of it changes from segment to segment.
        EXPECT_GT(played[i].accuracy, 0.5);
    }
}

TEST(Eaar, SendsNothingWhileAResultIsUnderWay) {
    Environment slow;
    slow.downlink = Series::constant(1e-6, downlink_series());
    Stage stage(5, {"macroblock"}, slow);
    const auto played = stage.play("eaar", 1, kAlways);
    for (std::size_t i = 1; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.uplink_bytes, 0);
        EXPECT_FALSE(played[i].delay);
    }
}

TEST(EaarOracle, IsFineWhereTheSegmentItselfShowsSomething) {
    Stage stage(3, {"macroblock"}, {}, {}, {{"macroblock", {20, 50}}},
                [](int) { return FakeScene{.objects = 1, .frames_a_cell = 5}; });
    for (const auto& played : stage.play("eaar-oracle", 100, {{"largest", "1"}})) {
        EXPECT_EQ(played.accuracy, 1);
        EXPECT_LT(played.relative_bytes, 1);
    }
    // A box takes an eighth of the frame: too large to be a region of interest.
    for (const auto& played : stage.play("eaar-oracle", 100)) {
        EXPECT_EQ(played.configuration.text(), "macroblock=50");
    }
}

}  // namespace
}  // namespace oneadapt
