#include "schemes/profiling.hpp"

#include <gtest/gtest.h>

#include "schemes/rate_control.hpp"
#include "schemes/stage.hpp"

namespace oneadapt {
namespace {

using test::Stage;

TEST(Pareto, KeepsWhatNothingBeats) {
    const auto front = pareto({{Configuration::parse("qp=1"), {}, 10, 0.9},
                               {Configuration::parse("qp=2"), {}, 5, 0.8},
                               {Configuration::parse("qp=3"), {}, 7, 0.7},
                               {Configuration::parse("qp=4"), {}, 5, 0.6}});
    ASSERT_EQ(front.size(), 2U);
    EXPECT_EQ(front[0].configuration.text(), "qp=2");
    EXPECT_EQ(front[1].configuration.text(), "qp=1");
}

TEST(StridedGrid, IsTheGridOfOneAdaptsBaselines) {
    const auto space = KnobSpace::from_names({"qp", "resolution", "bframe-bias"}, {});
    EXPECT_EQ(strided_grid(space, 3).size(), 24U);  // 4 x 3 x 2
    EXPECT_EQ(strided_grid(space, 2).size(), 72U);  // 6 x 4 x 3
    EXPECT_EQ(profiling_lag(240, 5), 48);
    EXPECT_EQ(profiling_lag(80, 5), 16);
}

TEST(AwStream, PlaysTheReferenceWhileItProfilesAndTheBestAfterwards) {
    Stage stage(8);
    const auto played = stage.play("awstream", 0.4, {{"probe-every", "0"}});
    EXPECT_EQ(played[0].configuration, stage.space().reference());
    EXPECT_EQ(played[0].ledger.forward_frames, 110);
    const std::size_t best = stage.hindsight().best(0, 1, 0.4);
    for (std::size_t i = 1; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration, stage.hindsight().grid[best]);
        EXPECT_EQ(played[i].ledger.forward_frames, 10);
    }
}

TEST(AwStream, ProbesFivePointsAndProfilesAgainWhenTheyAreOff) {
    Stage stage(12);
    const auto calm =
        stage.play("awstream", 0.4,
                   {{"probe-every", "3"}, {"bandwidth-drift", "1000"}, {"accuracy-drift", "1"}});
    // Probes cost no more than five points; one of them is the reference, which is known.
    EXPECT_LE(calm[3].ledger.forward_frames, 60);
    EXPECT_GE(calm[3].ledger.forward_frames, 30);
    const auto nervous = stage.play(
        "awstream", 0.4, {{"probe-every", "3"}, {"bandwidth-drift", "0"}, {"accuracy-drift", "0"}});
    EXPECT_EQ(nervous[3].ledger.forward_frames, 110);
}

TEST(AwStream, OneAdaptsVariantProfilesAgainWhenTheBudgetHasPaid) {
    Stage stage(30);
    const auto played = stage.play("awstream", 0.2, {{"variant", "oneadapt-paper"}});
    // 4 configurations x 10 frames at 5 a segment: every 8 segments.
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].ledger.forward_frames > 10, i % 8 == 0) << i;
        if (i % 8 != 0) continue;
        EXPECT_EQ(played[i].configuration, stage.space().reference());
    }
}

TEST(Chameleon, ProfilesTheTopAtEachGroupAndTheCoordinatesAtEachWindow) {
    Stage stage(34);
    const auto played = stage.play("chameleon", 0.5);
    for (std::size_t i = 0; i < played.size(); ++i) {
        const int frames = played[i].ledger.forward_frames;
        if (i % 16 == 0) {
            EXPECT_EQ(frames, 110) << i;
        } else if (i % 4 == 0) {
            EXPECT_GT(frames, 10) << i;
            EXPECT_LE(frames, 60) << i;
        } else {
            EXPECT_EQ(frames, 10) << i;
        }
    }
}

TEST(Chameleon, KeepsItsTargetOnTheProfiledSegment) {
    Stage stage(2);
    for (const char* target : {"0.9", "0.6", "0.3"}) {
        const auto played = stage.play("chameleon", 0, {{"target", target}});
        const std::size_t place = [&] {
            for (std::size_t i = 0; i < stage.hindsight().grid.size(); ++i) {
                if (stage.hindsight().grid[i] == played[1].configuration) return i;
            }
            return std::size_t{0};
        }();
        EXPECT_GE(stage.hindsight().points[0][place].accuracy, std::stod(target));
    }
}

TEST(Chameleon, OneAdaptsVariantActsAFullPeriodLate) {
    Stage stage(30);
    const auto late = stage.play("chameleon", 0.2, {{"variant", "oneadapt-paper"}});
    // 4 configurations x 10 frames at 5 a segment: the first period runs the reference.
    for (std::size_t i = 0; i <= 8; ++i) {
        EXPECT_EQ(late[i].configuration, stage.space().reference());
    }
    EXPECT_NE(late[9].configuration, stage.space().reference());
    const auto now =
        stage.play("chameleon", 0.2, {{"variant", "oneadapt-paper"}, {"effect", "immediate"}});
    EXPECT_EQ(now[1].configuration, late[9].configuration);
}

std::vector<LinkTick> ticks(int count, double queued, double sent) {
    return std::vector<LinkTick>(static_cast<std::size_t>(count), LinkTick{queued, sent});
}

TEST(RateControl, ClimbsFromTheCheapestLevelWhileTheQueueIsEmpty) {
    RateControl control(0.001);
    control.set_levels({100, 200, 400});
    EXPECT_EQ(control.level(), 0U);
    control.observe(ticks(21, 0, 10), 0.1);
    EXPECT_EQ(control.level(), 1U);
    control.observe(ticks(21, 0, 20), 0.1);
    EXPECT_EQ(control.level(), 2U);
    EXPECT_EQ(control.state(), RateControl::State::steady);
}

TEST(RateControl, DegradesToNineTenthsOfTheRateOnCongestion) {
    RateControl control(0.001);
    control.set_levels({100, 200, 400});
    control.observe(ticks(42, 0, 40), 0.1);
    ASSERT_EQ(control.level(), 2U);
    control.observe(ticks(1, 1000, 25), 0.1);  // R = (400 + 250) / 2 = 325: 400 does not fit
    EXPECT_EQ(control.state(), RateControl::State::degrade);
    EXPECT_EQ(control.level(), 1U);
    control.observe(ticks(21, 0, 20), 0.1);
    EXPECT_EQ(control.state(), RateControl::State::steady);
}

TEST(RateControl, ProbesBeforeItClimbsFromSteady) {
    RateControl control(0.001);
    control.set_levels({100, 200});
    control.observe(ticks(21, 0, 10), 0.1);
    control.observe(ticks(1, 1000, 10), 0.1);
    ASSERT_EQ(control.level(), 0U);
    control.observe(ticks(21, 0, 10), 0.1);
    ASSERT_EQ(control.state(), RateControl::State::steady);
    EXPECT_EQ(control.padding(), 0.0);
    control.observe(ticks(5 * 21, 0, 10), 0.1);
    ASSERT_EQ(control.state(), RateControl::State::probe);
    EXPECT_NEAR(control.padding(), 35.0, 1e-9);  // a third of 1.05 x 100
    control.observe(ticks(3 * 21, 0, 10), 0.1);
    EXPECT_EQ(control.level(), 1U);
}

TEST(AwStream, StaysBelowTheLinkRate) {
    const double reference = 20'480;  // bytes of the fake reference segment
    Stage stage(60, {"qp"},
                Environment{.uplink = Series::constant(reference * 0.5 * 8e-6, uplink_series())});
    const auto played = stage.play("awstream", 0);
    double sent = 0;
    for (std::size_t i = 20; i < played.size(); ++i) {
        if (i % 10 != 0) sent += played[i].relative_bytes / (0.9 * 40);
    }
    EXPECT_LT(sent, 0.6);
    EXPECT_GT(sent, 0.05);
}

}  // namespace
}  // namespace oneadapt
