#include "schemes/videostorm.hpp"

#include <gtest/gtest.h>

#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::Stage;

TEST(VideoStorm, ProfilesTheFirstSegmentsAndStaysWithOneConfiguration) {
    Stage stage(12);
    const auto played = stage.play("videostorm", 0.5);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration,
                  i < 5 ? stage.space().reference() : played[5].configuration);
        EXPECT_EQ(played[i].ledger.server_encodes > 0, i < 5) << i;
        EXPECT_EQ(played[i].ledger.downlink_bytes > 0, i == 4) << i;
    }
}

TEST(VideoStorm, GoesToTheEndsAtExtremeWeights) {
    Stage stage(7, {"qp", "resolution"});
    EXPECT_EQ(stage.play("videostorm", 1e6).back().configuration.text(), "qp=50,resolution=0.33");
    for (const auto& played : stage.play("videostorm", 0)) {
        EXPECT_EQ(played.configuration, stage.space().reference());
    }
}

TEST(VideoStorm, FindsAPlaceThatNoNeighbourBeats) {
    Stage stage(2);
    const double weight = 0.5;
    const auto played = stage.play("videostorm", weight, {{"profile", "1"}});
    const Hindsight& hindsight = stage.hindsight();
    const std::size_t found = stage.space().indices(played[1].configuration).front();
    for (const std::size_t next : {found - 1, found + 1}) {
        if (next >= hindsight.grid.size()) continue;
        EXPECT_GE(hindsight.objective(0, found, weight), hindsight.objective(0, next, weight));
    }
}

}  // namespace
}  // namespace oneadapt
