#include <gtest/gtest.h>

#include "schemes/scheme.hpp"

namespace oneadapt {
namespace {

TEST(Needs, NameTheFirstThingThatARunLacks) {
    const RunFacts nothing;
    EXPECT_FALSE(Needs{}.refusal(nothing));
    EXPECT_EQ(Needs{.link = true}.refusal(nothing), "needs a link (--link)");
    EXPECT_FALSE(Needs{.link = true}.refusal({.link = true}));
    EXPECT_EQ(Needs{.boxes = true}.refusal({.link = true}), "needs a task whose DNN says boxes");
    EXPECT_EQ((Needs{.regions = true, .sizes = true}.refusal({.regions = true})),
              "needs a DNN in sizes (--knob model)");
    EXPECT_FALSE((Needs{.regions = true, .sizes = true}.refusal({.regions = true, .sizes = true})));
}

TEST(Needs, AMediumMayBeOneOfSeveral) {
    const Needs needs{.filters = true, .media = {"video", "depth"}};
    EXPECT_EQ(needs.refusal({.media = "video"}),
              "needs a knob that drops frames by what they show (see list)");
    EXPECT_EQ(needs.refusal({.filters = true, .media = "lidar"}), "needs --input video or depth");
    EXPECT_FALSE(needs.refusal({.filters = true, .media = "depth"}));
}

TEST(Needs, ANetworkBesideTheModelAndAKnobByItsName) {
    EXPECT_EQ(Needs{.knob = "resolution"}.refusal({.knobs = {"qp"}}), "needs --knob resolution");
    EXPECT_FALSE(Needs{.knob = "resolution"}.refusal({.knobs = {"qp", "resolution"}}));
    EXPECT_EQ(Needs{.auxiliary = "importance"}.refusal({.auxiliaries = {"enlarge"}}),
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
