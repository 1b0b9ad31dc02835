#include <algorithm>

#include <gtest/gtest.h>

#include "schemes/scheme.hpp"

namespace oneadapt {
namespace {

std::string problem(const Needs& needs, const RunFacts& run) {
    return needs.refusal(run).value_or(Refusal{}).problem;
}

TEST(Needs, TheRemedySaysWhatWouldHelp) {
    const auto remedy = [](const Needs& needs, const RunFacts& run) {
        return needs.refusal(run).value_or(Refusal{}).remedy;
    };
    EXPECT_EQ(remedy({.constraints = true}, {}), "give --goal with its bounds");
    EXPECT_EQ(remedy({}, {.constraints = true}), "leave --goal and its bounds out");
    EXPECT_EQ(remedy({.any_goal = true}, {.constraints = true}), "");
    EXPECT_EQ(remedy({.any_goal = true}, {}), "");
    EXPECT_EQ(remedy({.link = true}, {}), "give --link");
    EXPECT_EQ(remedy({.media = {"lidar"}}, {.media = "video"}), "give --input lidar");
    EXPECT_EQ(remedy({.knob = "qp"}, {}), "add --knob qp");
}

TEST(Needs, FollowParameters) {
    const auto needs = [](const std::string& scheme, const std::string& name,
                          const std::string& value) {
        const SchemeKind& kind = find_scheme(scheme);
        return kind.needs_with(Parameters(scheme, kind.parameters, {{name, value}}));
    };
    EXPECT_EQ(needs("cloudseg", "network", "task").auxiliary, "enlarge");
    EXPECT_EQ(needs("cloudseg", "network", "none").auxiliary, "");
    EXPECT_FALSE(needs("dds", "variant", "published").regions);
    EXPECT_TRUE(needs("dds", "variant", "oneadapt-paper").regions);
}

TEST(Yardsticks, AreARowEach) {
    EXPECT_EQ(find_yardstick(Yardstick::floor).name, "static");
    EXPECT_EQ(find_yardstick(Yardstick::ceiling).name, "oracle-static");
    EXPECT_EQ(find_yardstick(Yardstick::setting).name, "alert-static");
    for (const Yardstick what : {Yardstick::floor, Yardstick::ceiling, Yardstick::setting}) {
        EXPECT_EQ(std::ranges::count(scheme_table(), what, &SchemeKind::yardstick), 1);
    }
}

TEST(Needs, NameTheFirstThingThatARunLacks) {
    const RunFacts nothing;
    EXPECT_FALSE(Needs{}.refusal(nothing));
    EXPECT_EQ(problem(Needs{.link = true}, nothing), "needs a link (--link)");
    EXPECT_FALSE(Needs{.link = true}.refusal({.link = true}));
    EXPECT_EQ(problem(Needs{.boxes = true}, {.link = true}), "needs a task whose DNN says boxes");
    EXPECT_EQ(problem(Needs{.regions = true, .sizes = true}, {.regions = true}),
              "needs a DNN in sizes (--knob model)");
    EXPECT_FALSE((Needs{.regions = true, .sizes = true}.refusal({.regions = true, .sizes = true})));
}

TEST(Needs, AMediumMayBeOneOfSeveral) {
    const Needs needs{.filters = true, .media = {"video", "depth"}};
    EXPECT_EQ(problem(needs, {.media = "video"}),
              "needs a knob that drops frames by what they show (see list)");
    EXPECT_EQ(problem(needs, {.filters = true, .media = "lidar"}), "needs --input video or depth");
    EXPECT_FALSE(needs.refusal({.filters = true, .media = "depth"}));
}

TEST(Needs, ANetworkBesideTheModelAndAKnobByItsName) {
    EXPECT_EQ(problem(Needs{.knob = "resolution"}, {.knobs = {"qp"}}), "needs --knob resolution");
    EXPECT_FALSE(Needs{.knob = "resolution"}.refusal({.knobs = {"qp", "resolution"}}));
    EXPECT_EQ(problem(Needs{.auxiliary = "importance"}, {.auxiliaries = {"enlarge"}}),
              "needs a network NAME.importance.pt with its sidecar beside the model "
              "(tools/train_importance.py trains it)");
    EXPECT_FALSE(Needs{.auxiliary = "enlarge"}.refusal({.auxiliaries = {"enlarge"}}));
}

TEST(Needs, HindsightAndTheGridAreTheReplaysToGive) {
    EXPECT_FALSE((Needs{.grid = true, .hindsight = true}.refusal({})));
}

TEST(Cells, AreOnePerGoalOrOnePerConfiguration) {
    const KnobSpace space = KnobSpace::from_names({"qp"}, {{"qp", {20, 30}}});
    const std::vector<Goal> goals = {{.weight = 1, .prices = Prices::of_gpu_share(0.5)},
                                     {.weight = 2, .prices = Prices::of_gpu_share(0.5)}};
    const auto weighted = cell_per_goal(goals, space);
    ASSERT_EQ(weighted.size(), 2U);
    EXPECT_EQ(weighted[1].goal, goals[1]);
    const auto fixed = cell_per_configuration(goals, space);
    ASSERT_EQ(fixed.size(), 2U);
    EXPECT_EQ(fixed[1].fixed.text(), "qp=30");
    EXPECT_FALSE(fixed[1].goal.weight);
    EXPECT_EQ(fixed[1].goal.prices, goals[0].prices);
}

}  // namespace
}  // namespace oneadapt
