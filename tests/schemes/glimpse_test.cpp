#include "schemes/glimpse.hpp"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/follow.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::Stage;

/// Bytes of frames of a segment, each sent alone.
std::int64_t bytes_alone(Stage& stage, std::size_t segment, const std::vector<int>& frames) {
    std::int64_t bytes = 0;
    for (const int frame : frames) {
        const EncodePlan plan(stage.space().reference(), std::nullopt, {frame});
        bytes += stage.lab(segment).take(Encode{plan})->bytes;
    }
    return bytes;
}

TEST(Glimpse, ThatAlwaysTriggersSendsAll) {
    Stage stage(3);
    const auto played = stage.play("glimpse", 0);
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.forward_frames, 10);
        EXPECT_EQ(played[i].accuracy, 1);
        EXPECT_EQ(played[i].ledger.uplink_bytes,
                  bytes_alone(stage, i, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    }
}

TEST(Glimpse, TracksWhileLittleChanges) {
    Stage stage(3);
    // Objects jump every second frame, which changes every pixel; between jumps they stand still.
    const auto played = stage.play("glimpse", 0, {{"trigger", "0.5"}, {"lost", "1000"}});
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.forward_frames, 5);
        EXPECT_EQ(played[i].accuracy, 1);
        EXPECT_EQ(played[i].ledger.uplink_bytes, bytes_alone(stage, i, {0, 2, 4, 6, 8}));
        EXPECT_GT(played[i].ledger.gflop, 5 * stage.world().dnns.front().gflop);
    }
}

TEST(Glimpse, AStillPictureIsSentOnceASegment) {
    Stage stage(3, {"qp"}, {}, {}, {}, [](int) { return test::FakeScene{.frames_a_cell = 100}; });
    for (const auto& played : stage.play("glimpse", 1)) {
        EXPECT_EQ(played.ledger.forward_frames, 1);
        EXPECT_EQ(played.accuracy, 1);
    }
}

TEST(Glimpse, ALateResultIsCaughtUpWith) {
    // 64x32 pixels at QP 20 are 2,048 bytes: at 8 kbyte/s a frame takes 0.26 s, so that the result
    // of the first is there before the fourth is captured.
    Environment slow;
    slow.uplink = Series::constant(0.064, uplink_series());
    Stage stage(1, {"qp"}, slow, {}, {}, [](int) { return test::FakeScene{.frames_a_cell = 100}; });
    const SchemeKind& kind = find_scheme("glimpse");
    const Goal goal{.weight = 1};
    for (const auto& [cache, steps] : {std::pair("5", 3), std::pair("1", 2), std::pair("0", 1)}) {
        const Parameters parameters("glimpse", kind.parameters, {{"cache", cache}});
        const auto scheme = kind.create({.space = stage.space(),
                                         .regions = stage.world().regions,
                                         .parameters = parameters,
                                         .goal = goal});
        int followed = 0;
        stage.play(*scheme, goal, [&](const Act& act) {
            if (act.what == Follow::kName) ++followed;
        });
        EXPECT_EQ(followed, steps + 6);
    }
}

TEST(ActiveCache, DividesChangesEvenly) {
    const std::vector<double> steady(9, 1);
    EXPECT_EQ(active_cache(steady, 0, 9, 2), (std::vector<int>{0, 3, 6, 9}));
    EXPECT_EQ(active_cache(steady, 0, 9, 0), (std::vector<int>{0, 9}));
    EXPECT_EQ(active_cache(steady, 0, 9, 100), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(active_cache({0, 0, 0, 5, 5, 0}, 2, 8, 1), (std::vector<int>{2, 6, 8}));
    EXPECT_EQ(active_cache({}, 4, 4, 3), (std::vector<int>{4}));
}

}  // namespace
}  // namespace oneadapt
