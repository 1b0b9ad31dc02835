#include "run/goals.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/plan.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

RunSpec constrained() {
    RunSpec spec;
    spec.input = "video";
    spec.goal = "min-energy";
    spec.min_accuracy = {0.8, 0.9};
    spec.deadline_ms = {30, 60, 120};
    return spec;
}

void refuses(const RunSpec& spec, const std::string& message) {
    EXPECT_THAT([&] { choose_goals(spec); }, ThrowsMessage<UsageError>(HasSubstr(message)));
}

TEST(Goals, AreTheCrossProductOfDeadlinesAndBounds) {
    const auto goals = choose_goals(constrained());
    ASSERT_EQ(goals.size(), 6U);
    EXPECT_EQ(goals[0].deadline->value, 0.03);
    EXPECT_EQ(goals[1].min_accuracy, 0.9);
    EXPECT_EQ(goals[5].deadline->value, 0.12);
    EXPECT_FALSE(goals[5].weight);
    RunSpec accurate = constrained();
    accurate.goal = "max-accuracy";
    accurate.min_accuracy.clear();
    accurate.max_power = {20};
    accurate.segment_frames = 1;
    EXPECT_DOUBLE_EQ(*choose_goals(accurate)[0].max_energy_j, 2) << "20 W for a tenth of a second";
}

TEST(Goals, ThatContradictAreRefused) {
    const auto with = [](auto change) {
        RunSpec spec = constrained();
        change(spec);
        return spec;
    };
    refuses(with([](RunSpec& s) { s.goal.clear(); }), "bounds nothing without --goal");
    refuses(with([](RunSpec& s) { s.goal = "max-fun"; }), "choose from min-energy, max-accuracy");
    refuses(with([](RunSpec& s) { s.deadline_ms.clear(); }), "needs --deadline-ms");
    refuses(with([](RunSpec& s) { s.deadline_ms = {0}; }), "--deadline-ms: 0 is not above 0");
    refuses(with([](RunSpec& s) { s.deadline_ms = {5, 5}; }), "given twice");
    refuses(with([](RunSpec& s) { s.min_accuracy = {1.5}; }), "--min-accuracy: 1.5");
    refuses(with([](RunSpec& s) { s.min_accuracy.clear(); }), "needs --min-accuracy");
    refuses(with([](RunSpec& s) { s.max_energy = {1}; }), "contradicts a goal");
    refuses(with([](RunSpec& s) { s.weights = {1}; }), "contradicts --goal");
    refuses(with([](RunSpec& s) { s.weight_gpu = 0.5; }), "contradicts --goal");
    refuses(with([](RunSpec& s) { s.goal = "max-accuracy"; }), "--min-accuracy: contradicts");
    refuses(with([](RunSpec& s) {
                s.goal = "max-accuracy";
                s.min_accuracy.clear();
            }),
            "needs --max-energy");
    refuses(with([](RunSpec& s) {
                s.goal = "max-accuracy";
                s.min_accuracy.clear();
                s.max_power = s.max_energy = {1};
            }),
            "says what --max-power says");
}

TEST(Goals, ResolveToARunThatResolvesToItself) {
    RunSpec spec = constrained();
    spec.knobs = {"model", "power"};
    spec.profile = "laptop";
    spec.environment = "memory";
    const RunSpec whole = resolve(spec);
    EXPECT_EQ(resolve(whole), whole);
    EXPECT_TRUE(whole.weights.empty());
    EXPECT_EQ(whole.values.at("power").size(), 8U);
    EXPECT_EQ(whole.values.at("power").front().number(), 45);
    EXPECT_THAT(whole.profile.string(), HasSubstr("devices/laptop.json"));
    EXPECT_THAT(whole.schemes, ::testing::Contains("alert"));
    EXPECT_THAT(whole.schemes, ::testing::Not(::testing::Contains("oneadapt")));
}

TEST(Goals, WhatWouldChangeNothingIsRefused) {
    const auto idle = [](auto change, const std::string& message) {
        RunSpec spec;
        change(spec);
        EXPECT_THAT([&] { open_session(spec, {.trace = "none.trace", .offline = true}); },
                    ThrowsMessage<UsageError>(HasSubstr(message)));
    };
    idle([](RunSpec& s) { s.accuracies = "mine.csv"; },
         "--accuracies: is for constraints, and there is no --goal");
    idle([](RunSpec& s) { s.series_end = "stop"; },
         "--series-end: says how a recorded environment ends, and there is no --environment");
    idle([](RunSpec& s) { s.point_layout = "xyzir"; },
         "--point-layout: is of points, and clip 'fixed' is video");
    idle([](RunSpec& s) { s.intensity_max = 255; },
         "--intensity-max: is of points, and clip 'fixed' is video");
}

TEST(Goals, CapsAreThoseOfTheProfile) {
    RunSpec spec = constrained();
    spec.knobs = {"model", "power"};
    EXPECT_THAT([&] { resolve(spec); },
                ThrowsMessage<UsageError>(HasSubstr("has no power caps; name one that has")));
    spec.profile = "laptop";
    spec.values["power"] = {33, 12.5};
    EXPECT_EQ(resolve(spec).values.at("power").size(), 2U) << "a law has every cap in its range";
    spec.values["power"] = {60, 20};
    EXPECT_THAT([&] { resolve(spec); },
                ThrowsMessage<UsageError>(HasSubstr("60 W is out of range")));
    spec.profile = "phone";
    EXPECT_THAT([&] { resolve(spec); },
                ThrowsMessage<UsageError>(
                    HasSubstr("choose from cpu-2-core, default, embedded, gpu, laptop")));
}

TEST(Accuracies, AreReadByTheWayToScore) {
    const test::TempFolder folder;
    const auto read = [&](const std::string& text) {
        std::ofstream(folder / "a.csv") << text;
        return load_accuracies(folder / "a.csv", "labels");
    };
    const Accuracies known =
        read("dnn,score,accuracy\na,labels,0.5\na,reference,0.9\nb@1,labels,1\n");
    EXPECT_EQ(known, (Accuracies{{"a", 0.5}, {"b@1", 1}}));
    const std::string header = "dnn,score,accuracy\n";
    EXPECT_EQ(read("accuracy,score,of,dnn\n\n0.5,labels,x,a\n"), (Accuracies{{"a", 0.5}}))
        << "columns are found by their names";
    for (const std::string text : {"a,labels,1.5\n", "a,labels,x\n"}) {
        EXPECT_THAT(
            [&] { read(header + text); },
            ThrowsMessage<InputError>(AllOf(HasSubstr("a.csv:2"), HasSubstr("from 0 to 1"))))
            << text;
    }
    EXPECT_THAT([&] { read(header + "a,labels\n"); },
                ThrowsMessage<InputError>(HasSubstr("Too few columns in line 2")));
    EXPECT_THAT([&] { read("a,labels,1\n"); },
                ThrowsMessage<InputError>(
                    HasSubstr("lacks the column 'dnn'; name a CSV dnn,score,accuracy")));
    EXPECT_THAT([&] { read(header + "a,labels,1\n\na,labels,0.5\n"); },
                ThrowsMessage<InputError>(HasSubstr("a.csv:4: 'a' stands there before")));
}

}  // namespace
}  // namespace oneadapt
