#include "schemes/fine_oracle.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "measure/score.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::FakeScene;
using test::Stage;

const std::map<std::string, std::vector<KnobValue>> kThresholds = {
    {"filter-pixel", {0, 0.1, 0.2, 0.5, 0.9}}};

TEST(BestFrames, AreTheBestOfAllSubsets) {
    Stage stage(1, {"qp"}, {}, {}, {}, [](int) {
        return FakeScene{.objects = 3, .frames_a_cell = 3, .contrast_low = 40};
    });
    const World& world = stage.world();
    Lab& lab = stage.lab(0);
    const Repeats worth(lab, lab.later(world.infer(world.space.reference())), world.task,
                        world.sidecar, world.scoring);
    const auto best = best_frames(worth);
    ASSERT_EQ(best.size(), 10U);
    std::vector<double> found(10, 0);
    for (unsigned mask = 1; mask < 1024; mask += 2) {  // frame 0 is always kept
        std::vector<int> kept;
        for (int frame = 0; frame < 10; ++frame) {
            if ((mask >> frame & 1U) != 0) kept.push_back(frame);
        }
        double& most = found[kept.size() - 1];
        most = std::max(most, worth.mean(kept));
    }
    for (std::size_t count = 1; count <= 10; ++count) {
        EXPECT_EQ(best[count - 1].size(), count);
        EXPECT_EQ(best[count - 1].front(), 0);
        EXPECT_NEAR(worth.mean(best[count - 1]), found[count - 1], 1e-12) << count;
    }
    EXPECT_LT(found[0], found[3]);
}

void is_never_beaten(Stage& stage, const std::string& fine,
                     const std::vector<std::string>& others) {
    for (const double weight : {0.0, 0.1, 0.5, 2.0, 50.0}) {
        const auto played = stage.play(fine, weight);
        for (const std::string& other : others) {
            const auto rival = stage.play(other, weight);
            for (std::size_t i = 0; i < played.size(); ++i) {
                EXPECT_GE(Stage::objective({played[i]}, weight) + 1e-9,
                          Stage::objective({rival[i]}, weight))
                    << other << " at " << weight << " in " << i;
            }
        }
    }
}

TEST(OracleFrames, IsNeverBeatenSegmentBySegment) {
    Stage stage(8, {"filter-pixel"}, {}, {}, kThresholds);
    is_never_beaten(stage, "oracle-frames", {"oracle", "reducto", "oneadapt"});
}

TEST(OracleFrames, KeepsTheFramesAfterWhichSomethingMoved) {
    Stage stage(2, {"filter-pixel"}, {}, {}, {{"filter-pixel", {0, 0.3}}});
    // Objects move every second frame: five of ten frames say all, and each costs a tenth.
    const auto played = stage.play("oracle-frames", 0.5);
    EXPECT_EQ(played[0].ledger.forward_frames, 5);
    EXPECT_EQ(played[0].accuracy, 1);
    // The grid has all of them or every fourth.
    EXPECT_GT(stage.play("oracle", 0.5)[0].relative_bytes, played[0].relative_bytes);
}

TEST(OracleRegions, IsNeverBeatenByOneValueAllOver) {
    Stage stage(8, {"macroblock"});
    is_never_beaten(stage, "oracle-regions", {"oracle", "free-profiler"});
}

TEST(OracleRegions, SpendsOnWhatIsThere) {
    // One object that stays in one of eight cells.
    Stage stage(1, {"macroblock"}, {}, {}, {{"macroblock", {20, 50}}},
                [](int) { return FakeScene{.objects = 1, .frames_a_cell = 1000}; });
    const auto one = stage.play("oracle", 0.5)[0];
    const auto fine = stage.play("oracle-regions", 0.5)[0];
    EXPECT_EQ(fine.accuracy, 1);
    EXPECT_LT(fine.relative_bytes, one.relative_bytes);
    EXPECT_EQ(fine.ledger.camera_encodes, 10);
}

}  // namespace
}  // namespace oneadapt
