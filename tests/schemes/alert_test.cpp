#include <algorithm>

#include <gtest/gtest.h>

#include "schemes/stage.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using test::Stage;

/// Three DNNs at two caps on a server that is slow or drawn by chance. A segment's ten inputs share
/// its deadline; undisturbed, one of them takes 40, 20 or 10 ms at the high cap.
class AlertTest : public ::testing::Test {
  protected:
    static constexpr double kRatio = 0.25;

    AlertTest() {
        World& world = stage_.world();
        world.device.idle_ratio = kRatio;
        world.device.encode_s_per_megapixel = 0;
        world.device.camera_watts = 0;
        world.device.latency_s = 0;
        constexpr double kSeconds[] = {0.04, 0.02, 0.01};
        constexpr double kAccuracy[] = {0.9, 0.8, 0.6};
        for (DnnId dnn = 0; dnn < world.dnns.size(); ++dnn) {
            WorldDnn& known = world.dnns[dnn];
            const bool high = known.cap_watts == 1;
            known.seconds = kSeconds[dnn / 2] * (high ? 1 : 1.5);
            known.watts = high ? 10 : 5;
            known.accuracy = kAccuracy[dnn / 2];
        }
    }

    /// Lets every DNN be the anytime one's exit.
    void make_anytime() {
        for (DnnId cap = 0; cap < 2; ++cap) {
            stage_.world().dnns[cap].exits = {4 + cap, 2 + cap, cap};
        }
    }

    void slow_down(double slowdown) {
        stage_.world().environment.speed = Series::constant(slowdown, speed_series());
    }

    static Goal least_energy(double accuracy, double deadline) {
        return {.deadline = SimSeconds{deadline}, .min_accuracy = accuracy};
    }

    static std::string played(const Stage::Played& segment) { return segment.configuration.text(); }

    Stage stage_{12, {"model", "power"}, {}, {}, {{"power", {1, 0.5}}}};
};

TEST_F(AlertTest, EnergyIsPowerTimesTime) {
    slow_down(2);
    const Goal goal{.deadline = SimSeconds{0.9}};
    for (const auto& [text, seconds, watts] :
         {std::tuple{"model=m,power=1", 0.04, 10.0}, {"model=n,power=0.5", 0.015, 5.0}}) {
        const auto all = stage_.play("alert-static", goal, {}, Configuration::parse(text));
        const double busy = 10 * 2 * seconds;
        double sum = 0;
        for (const auto& segment : all) {
            EXPECT_NEAR(segment.ledger.busy_server.value, busy, 1e-9);
            sum += segment.ledger.server_j;
        }
        // The server begins when the first segment is captured, after a second of idling at the
        // power of the reference, and works beyond the end of the last one's.
        const double idle = 11 * (1 - busy);
        EXPECT_NEAR(sum, 12 * watts * busy + kRatio * (watts * idle + 10 * 1), 1e-6) << text;
    }
}

TEST_F(AlertTest, ConvergesToWhatTheOracleKnows) {
    for (const double slowdown : {0.7, 1.3, 2.1}) {
        slow_down(slowdown);
        for (const double accuracy : {0.55, 0.75, 0.85}) {
            const Goal goal = least_energy(accuracy, 0.8);
            const auto oracle = stage_.play("alert-oracle", goal);
            const auto alert = stage_.play("alert", goal, {{"q0", "1e-6"}, {"r", "1e-6"}});
            EXPECT_EQ(played(alert.back()), played(oracle.back())) << slowdown << " " << accuracy;
        }
    }
}

TEST_F(AlertTest, TheOracleIsNeverWorseOnItsOwnGoal) {
    stage_.world().environment.speed = Series::markov("1,2.5,2,2,5", speed_series());
    const auto energy = [](const std::vector<Stage::Played>& all) {
        double sum = 0;
        for (const auto& segment : all) sum += segment.ledger.server_j;
        return sum;
    };
    for (const double accuracy : {0.55, 0.75, 0.85}) {
        const Goal goal = least_energy(accuracy, 0.9);
        const auto oracle = stage_.play("alert-oracle", goal);
        for (const auto& segment : oracle) EXPECT_TRUE(segment.delay) << accuracy;
        const auto accurate = [&](const Stage::Played& segment) {
            const std::string text = played(segment);
            const double of_dnn = text.starts_with("model=m")   ? 0.9
                                  : text.starts_with("model=s") ? 0.8
                                                                : 0.6;
            return of_dnn >= accuracy;
        };
        for (const std::string rival : {"alert", "sys-only", "race-to-idle"}) {
            const auto other = stage_.play(rival, goal);
            const bool keeps =
                std::ranges::all_of(other, accurate) &&
                std::ranges::all_of(other, [](const auto& s) { return s.delay.has_value(); });
            if (keeps) {
                EXPECT_LE(energy(oracle), energy(other) + 1e-9) << rival << " " << accuracy;
            }
        }
    }
}

TEST_F(AlertTest, NothingReadsTheFuture) {
    const auto with = [&](double later) {
        stage_.world().environment.speed = Series::pieces({{6.5, 1 / 1.4}, {100, 1 / later}});
        return stage_.play("alert", least_energy(0.75, 0.7));
    };
    const auto calm = with(1);
    const auto hard = with(4);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(calm[i].ledger, hard[i].ledger) << i;
    EXPECT_NE(calm.back().ledger.gflop, hard.back().ledger.gflop) << "in the end it matters";
}

TEST_F(AlertTest, AStoppedAnytimeDnnDeliversItsLastFinishedExit) {
    make_anytime();
    const Configuration whole = Configuration::parse("model=m,power=1");
    struct Case {
        double deadline;
        DnnId exit;
        DnnId next;
        double begun;  ///< share of what lies between them
    };
    for (const auto& [deadline, exit, next, begun] :
         {Case{0.41, 0, 0, 0}, {0.25, 2, 0, 0.25}, {0.15, 4, 2, 0.5}}) {
        const auto all = stage_.play("alert-static", {.deadline = SimSeconds{deadline}}, {}, whole);
        const WorldDnn& said = stage_.world().dnns[exit];
        const double more = begun * (stage_.world().dnns[next].gflop - said.gflop);
        EXPECT_NEAR(all[0].ledger.gflop, 10 * (said.gflop + more), 1e-12) << deadline;
        EXPECT_LE(all[0].delay->value, deadline + 1e-9);
        EXPECT_NEAR(all[0].accuracy,
                    stage_.scores(0).accuracy(
                        stage_.lab(0).later(Infer{Recipe(EncodePlan(Configuration())), said.dnn})),
                    1e-12);
    }
    const auto none = stage_.play("alert-static", {.deadline = SimSeconds{0.05}}, {}, whole);
    EXPECT_FALSE(none[0].delay);
    // Half of the time that the first exit takes.
    EXPECT_NEAR(none[0].ledger.gflop, 10 * 0.5 * stage_.world().dnns[4].gflop, 1e-12);
    EXPECT_NEAR(none[0].ledger.busy_server.value, 0.05, 1e-9) << "it ran in vain";
}

TEST_F(AlertTest, SharedDeadlinesGiveEachInputWhatIsLeft) {
    // 0.31 s for ten inputs leave 31 ms each, which the middle DNN keeps to at either cap.
    const auto all = stage_.play("alert", least_energy(0.75, 0.31), {{"variance", "ignore"}});
    EXPECT_EQ(played(all.back()), "model=s,power=0.5");
    EXPECT_LE(all.back().delay->value, 0.31);
}

TEST_F(AlertTest, WhatLooksHopelessIsRunAsFastAsItCanBe) {
    // Ten times as slow for three seconds, then as the profile has it: a result in time is what
    // shows that, and the slowest choice, which costs least, never has one.
    stage_.world().environment.speed = Series::pieces({{4.0, 1 / 10.0}, {100, 1}});
    for (const char* variance : {"use", "ignore"}) {
        const auto all = stage_.play("alert", least_energy(0.75, 0.31), {{"variance", variance}});
        EXPECT_EQ(played(all[2]), "model=n,power=1") << variance;
        EXPECT_EQ(played(all.back()), "model=s,power=0.5") << variance;
    }
}

TEST_F(AlertTest, RivalsAdaptWhatTheyKnowOf) {
    EXPECT_THROW(stage_.play("app-only", least_energy(0.5, 0.9)), UsageError) << "no anytime DNN";
    for (const auto& segment : stage_.play("race-to-idle", least_energy(0.5, 0.9))) {
        EXPECT_EQ(played(segment), "model=m,power=1");
    }
    EXPECT_EQ(played(stage_.play("sys-only", least_energy(0.9, 0.9)).back()), "model=n,power=0.5");
    EXPECT_EQ(played(stage_.play("sys-only", least_energy(0.9, 0.101)).back()), "model=n,power=1");
    make_anytime();
    for (const auto& segment : stage_.play("app-only", least_energy(0.5, 0.3))) {
        EXPECT_EQ(played(segment), "model=m,power=1");
    }
    EXPECT_EQ(played(stage_.play("no-coordination", least_energy(0.9, 0.3)).back()),
              "model=m,power=1");
    EXPECT_EQ(played(stage_.play("no-coordination", least_energy(0.9, 0.65)).back()),
              "model=m,power=0.5");
}

TEST_F(AlertTest, EnergyBudgetsAreKeptTo) {
    for (const double joules : {3.0, 4.0, 6.0}) {
        const Goal goal{.deadline = SimSeconds{0.9}, .min_accuracy = {}, .max_energy_j = joules};
        const auto all = stage_.play("alert-oracle", goal);
        for (std::size_t i = 1; i < all.size() - 1; ++i) {
            EXPECT_LE(all[i].ledger.server_j, joules + 1e-9) << i;
        }
    }
}

TEST_F(AlertTest, ACandidateWithoutAnAccuracyIsRefused) {
    stage_.world().dnns[3].accuracy.reset();
    EXPECT_THROW(stage_.play("alert", least_energy(0.5, 0.9)), InputError);
}

TEST_F(AlertTest, AnEnvironmentThatEndsEndsTheCell) {
    stage_.world().environment.end = SimSeconds{3};
    EXPECT_THROW(stage_.play("alert", least_energy(0.5, 0.9)), InputError);
}

/// Where the link takes the whole deadline nothing is finished, and nothing is learnt: the camera
/// sends less until results are in time again.
TEST(OneAdaptAlert, SendsLessWhileNothingIsInTime) {
    const std::map<std::string, std::vector<KnobValue>> values = {
        {"qp", {20, 30, 40, 50}}, {"model", {"n"}}, {"power", {1}}};
    const std::vector<std::string> knobs = {"qp", "model", "power"};
    Stage free(1, knobs, {}, {}, values);
    const auto bytes_of = [&](const std::string& how) {
        const auto all =
            free.play("static", 1.0, {}, Configuration::parse(how + ",model=n,power=1"));
        return static_cast<double>(all.front().ledger.uplink_bytes);
    };
    const double deadline = 0.5;
    const double rate = bytes_of("qp=40") / (0.5 * deadline);
    ASSERT_GT(bytes_of("qp=30") / rate, deadline);
    Environment environment;
    environment.uplink = Series::constant(rate * 8 / 1e6, uplink_series());
    Stage stage(20, knobs, environment, {}, values);
    stage.world().device.encode_s_per_megapixel = 0;
    for (WorldDnn& dnn : stage.world().dnns) {
        dnn.seconds = 0.001;
        dnn.accuracy = 0.9;
    }
    const auto late = [&](const std::string& coordination) {
        const auto all =
            stage.play("oneadapt+alert", {.deadline = SimSeconds{deadline}, .min_accuracy = 0.5},
                       {{"coordination", coordination}});
        return std::ranges::count_if(all, [&](const Stage::Played& segment) {
            return !segment.delay || segment.delay->value > deadline;
        });
    };
    EXPECT_EQ(late("use"), 0) << "it knows what the link takes";
    EXPECT_EQ(late("ignore"), 8) << "of 20: it finds out again and again";
}

}  // namespace
}  // namespace oneadapt
