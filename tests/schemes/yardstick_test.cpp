#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemes/stage.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using test::Stage;

const std::vector<double> kWeights = {0, 0.02, 0.2, 1, 5, 100};

void oracle_is_never_beaten(Stage& stage) {
    for (const double weight : kWeights) {
        const double best = Stage::objective(stage.play("oracle", weight), weight);
        for (const SchemeKind& kind : scheme_table()) {
            if (kind.name == "static") continue;  // below, in each configuration
            if (!kind.by_default || kind.needs.constraints)
                continue;  // may play what is not of the grid
            EXPECT_GE(best + 1e-9, Stage::objective(stage.play(kind.name, weight), weight))
                << kind.name << " at " << weight;
        }
        for (const Configuration& c : stage.space().grid()) {
            EXPECT_GE(best + 1e-9, Stage::objective(stage.play("static", weight, {}, c), weight));
        }
    }
}

TEST(Oracle, IsNeverBeatenOnItsOwnObjective) {
    Stage stage(20, {"qp", "resolution"});
    oracle_is_never_beaten(stage);
}

TEST(Oracle, IsNeverBeatenOnItsOwnObjectiveAmongSizesOfTheModel) {
    for (const double gpu_share : {0.0, 0.5, 1.0}) {
        Stage stage(10, {"qp", "model"}, {}, Prices::of_gpu_share(gpu_share));
        oracle_is_never_beaten(stage);
    }
}

TEST(Oracle, OverTheWholeClipIsTheBestStaticConfiguration) {
    Stage stage(12);
    for (const double weight : kWeights) {
        double best = -1e9;
        for (const Configuration& c : stage.space().grid()) {
            best = std::max(best, Stage::objective(stage.play("static", weight, {}, c), weight));
        }
        const auto whole = stage.play("oracle-static", weight, {{"window", "0"}});
        EXPECT_NEAR(Stage::objective(whole, weight), best, 1e-9);
    }
}

TEST(Oracle, LongerBlocksNeverDoBetter) {
    Stage stage(24);
    for (const double weight : kWeights) {
        double last = 1e9;
        for (const char* window : {"1", "2", "4", "8", "24"}) {
            const double now =
                Stage::objective(stage.play("oracle", weight, {{"window", window}}), weight);
            EXPECT_LE(now, last + 1e-9);
            last = now;
        }
    }
}

TEST(Oracle, GoesToTheEndsAtExtremeWeights) {
    Stage stage(5);
    for (const auto& played : stage.play("oracle", 1e6)) {
        EXPECT_EQ(played.configuration.text(), "qp=50");
    }
    for (const auto& played : stage.play("oracle", 0)) EXPECT_DOUBLE_EQ(played.accuracy, 1.0);
}

TEST(GpuShare, TurnsSchemesFromBytesToFrames) {
    Stage stage(10, {"qp", "framerate"}, {}, Prices::of_gpu_share(1));
    for (const auto& played : stage.play("oracle", 1e6)) {
        EXPECT_EQ(played.configuration.get("framerate", 0), 1);
    }
    const auto frames = [&](const std::string& scheme, double weight) {
        double sum = 0;
        for (const auto& played : stage.play(scheme, weight)) sum += played.ledger.forward_frames;
        return sum;
    };
    for (const std::string scheme : {"oneadapt-bounded", "pixel-difference"}) {
        EXPECT_LT(frames(scheme, 1e6), 0.7 * frames(scheme, 0)) << scheme;
    }
}

TEST(Prices, TheReferenceCostsOneWhateverTheShares) {
    const Ledger reference{.uplink_bytes = 1000, .gflop = 4, .energy_j = 8};
    const Ledger thinned{.uplink_bytes = 800, .gflop = 2, .energy_j = 2};
    for (const double share : {0.0, 0.3, 1.0}) {
        const Prices prices = Prices::of_gpu_share(share);
        EXPECT_DOUBLE_EQ(prices.cost(reference, reference), 1);
        EXPECT_DOUBLE_EQ(prices.cost(thinned, reference), 0.8 - 0.3 * share);
        EXPECT_DOUBLE_EQ(prices.difference(reference, thinned, reference), 0.2 + 0.3 * share);
    }
    EXPECT_DOUBLE_EQ((Prices{0.5, 0.25, 0.25}).cost(thinned, reference), 0.4 + 0.125 + 0.0625);
}

TEST(Prices, WhatTheReferenceDoesNotPayForCostsNothing) {
    const Ledger reference{.uplink_bytes = 1000};
    EXPECT_EQ((Prices{0.5, 0.5, 0}).cost({.uplink_bytes = 500, .gflop = 3}, reference), 0.25);
}

TEST(World, PricesASizeOfTheModelByItsWork) {
    Stage stage(1, {"qp", "model"});
    const Encoding encoding = *stage.encoding(0, Configuration::parse("qp=20"));
    const auto plain = [&](const char* text) {
        return stage.world().plain(Configuration::parse(text), encoding);
    };
    for (const double share : {0.0, 0.3, 1.0}) {
        const Prices prices = Prices::of_gpu_share(share);
        EXPECT_DOUBLE_EQ(prices.cost(plain("model=n,qp=20"), plain("model=m,qp=20")),
                         1 - 0.5 * share);
    }
}

TEST(GpuShare, TurnsSchemesToSmallerModels) {
    Stage stage(10, {"qp", "model"}, {}, Prices::of_gpu_share(1));
    for (const std::string scheme : {"oracle", "oneadapt-bounded", "pixel-difference"}) {
        EXPECT_EQ(chosen_dnn(stage.play(scheme, 1e6).back().configuration), "n") << scheme;
    }
    for (const auto& played : stage.play("oracle", 0)) EXPECT_DOUBLE_EQ(played.accuracy, 1.0);
}

TEST(FreeProfiler, PlaysWhatWasBestBefore) {
    Stage stage(10);
    const auto oracle = stage.play("oracle", 0.3);
    const auto free = stage.play("free-profiler", 0.3);
    EXPECT_EQ(free[0].configuration, stage.space().reference());
    for (std::size_t i = 1; i < free.size(); ++i) {
        EXPECT_EQ(free[i].configuration, oracle[i - 1].configuration);
        EXPECT_EQ(free[i].ledger.forward_frames, 10);
    }
}

TEST(FreeProfiler, RemembersAsManySegmentsAsItIsTold) {
    Stage stage(12);
    const Hindsight& hindsight = stage.hindsight();
    const auto free = stage.play("free-profiler", 0.3, {{"window", "3"}});
    for (std::size_t now = 1; now < free.size(); ++now) {
        const std::size_t best = hindsight.best(now < 3 ? 0 : now - 3, now, 0.3);
        EXPECT_EQ(free[now].configuration, hindsight.grid[best]) << now;
    }
}

TEST(FreeProfiler, WithoutAWindowHasTheBestOfSome) {
    Stage stage(24);
    const auto objective = [&](const std::string& window) {
        double sum = 0;
        for (const auto& played : stage.play("free-profiler", 0.3, {{"window", window}})) {
            sum += played.accuracy - 0.3 * played.relative_cost;
        }
        return sum;
    };
    const double best = std::max({objective("1"), objective("3"), objective("5"), objective("10")});
    EXPECT_NEAR(objective("0"), best, 1e-9);
}

TEST(FreeProfiler, AWindowIsAWholeNumberOfSegments) {
    Stage stage(3);
    for (const char* window : {"0.4", "2.5"}) {
        EXPECT_THAT(
            [&] {
                stage.play("free-profiler", 0.3, {{"window", window}});
            },
            ::testing::ThrowsMessage<UsageError>(::testing::HasSubstr(
                std::string("--set free-profiler.window: ") + window + " is not a whole number")));
    }
}

TEST(Static, PaysForItsOwnConfigurationOnly) {
    Stage stage(3);
    const auto played = stage.play("static", 0, {}, Configuration::parse("qp=34"));
    for (std::size_t i = 0; i < played.size(); ++i) {
        EXPECT_EQ(played[i].configuration.text(), "qp=34");
        EXPECT_EQ(played[i].ledger.uplink_bytes, stage.encoding(i, played[i].configuration)->bytes);
        EXPECT_EQ(played[i].ledger.camera_encodes, 10);
        EXPECT_EQ(played[i].ledger.backward_frames, 0);
    }
}

TEST(SchemeTable, RefusesWhatItDoesNotKnow) {
    using ::testing::HasSubstr;
    using ::testing::ThrowsMessage;
    EXPECT_THAT([] { find_scheme("oneadpt"); },
                ThrowsMessage<UsageError>(HasSubstr("oneadapt, oneadapt-bounded")));
    const auto set = [](const char* name, const char* text) {
        return [=] {
            const SchemeKind& kind = find_scheme("awstream");
            Parameters(kind.name, kind.parameters, {{name, text}});
        };
    };
    EXPECT_THAT(set("lr", "1"), ThrowsMessage<UsageError>(HasSubstr("choose from variant")));
    EXPECT_THAT(set("stride", "x"), ThrowsMessage<UsageError>(HasSubstr("'x' is not a number")));
    EXPECT_THAT(set("stride", "0"), ThrowsMessage<UsageError>(HasSubstr("out of range")));
    EXPECT_THAT(set("variant", "best"),
                ThrowsMessage<UsageError>(HasSubstr("published, oneadapt-paper")));
}

}  // namespace
}  // namespace oneadapt
