#include "report/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/columns.hpp"
#include "report/results.hpp"
#include "rows.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;

SegmentRow input(const std::string& scheme, const Goal& goal, int segment, double joules,
                 double accuracy, const std::string& fixed = {}) {
    SegmentRow row =
        segment_row("c", {.scheme = scheme, .goal = goal, .fixed = fixed}, segment, 10, accuracy);
    row.ledger.server_j = joules;
    row.kept_frames = 1;
    return row;
}

const Goal kGoal{.deadline = SimSeconds{0.1}, .min_accuracy = 0.7};
const Goal kDeadline{.deadline = SimSeconds{0.1}};

/// Of the whole, as rows of a run that has no start.
std::vector<SettingRow> settled(const RunResult& result) {
    std::vector<SettingRow> rows = settings(result, {.warmup = 0}, "alert-static");
    std::erase_if(rows, [](const SettingRow& row) { return row.part != Part::whole; });
    return rows;
}

/// Ten inputs each of a frugal, a dear and an inaccurate static choice and of a scheme.
RunResult hand_made() {
    RunResult result;
    for (int i = 0; i < 10; ++i) {
        result.segments.push_back(input("alert-static", kDeadline, i, 4, 0.8, "model=m"));
        result.segments.push_back(input("alert-static", kDeadline, i, 8, 0.9, "model=l"));
        result.segments.push_back(input("alert-static", kDeadline, i, 1, 0.5, "model=n"));
        result.segments.push_back(input("alert", kGoal, i, i < 5 ? 2 : 4, 0.75));
    }
    return result;
}

TEST(Settings, AreOverTheBestStaticChoiceThatKeepsThem) {
    const auto rows = settled(hand_made());
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].cell.scheme, "alert-static");
    EXPECT_EQ(rows[0].configuration, "model=m");
    EXPECT_DOUBLE_EQ(*rows[0].energy_ratio, 1);
    EXPECT_EQ(rows[1].cell.scheme, "alert");
    EXPECT_EQ(rows[1].cell.goal, kGoal);
    EXPECT_DOUBLE_EQ(rows[1].energy_j, 3);
    EXPECT_DOUBLE_EQ(*rows[1].energy_ratio, 0.75);
    EXPECT_NEAR(*rows[1].error_ratio, 1.25, 1e-12);
    EXPECT_FALSE(rows[1].violated);
    const auto means = setting_means(rows, Part::whole);
    EXPECT_DOUBLE_EQ(*means[1].energy, 0.75);
    EXPECT_LE(means[1].energy_interval->lo, 0.75);
    EXPECT_GE(means[1].energy_interval->hi, 0.75);
    EXPECT_LT(means[1].energy_interval->lo, means[1].energy_interval->hi);
    const std::string text = settings_text(means, Part::whole, "alert-static");
    EXPECT_THAT(text, HasSubstr("best static choice of each setting (alert-static)"));
    EXPECT_THAT(text, HasSubstr("alert                     1 [0]     0.750 ("));
}

TEST(Settings, MoreThanATenthOfMissesViolates) {
    RunResult result = hand_made();
    const auto alert = [&](auto change) {
        int seen = 0;
        for (SegmentRow& row : result.segments) {
            if (row.cell.scheme == "alert") change(row, seen++);
        }
        return settled(result).back();
    };
    EXPECT_FALSE(alert([](SegmentRow& row, int i) { row.late = i < 1; }).violated);
    const SettingRow late = alert([](SegmentRow& row, int i) { row.late = i < 2; });
    EXPECT_TRUE(late.violated);
    EXPECT_DOUBLE_EQ(late.late, 0.2);
    const auto means = setting_means({late}, Part::whole);
    EXPECT_EQ(means[0].violated, 1U);
    EXPECT_FALSE(means[0].energy) << "what is violated is in no mean";
    EXPECT_TRUE(alert([](SegmentRow& row, int) {
                    row.late = false;
                    row.accuracy = 0.69;
                }).violated);
}

TEST(Settings, OfEquallyAccurateStaticChoicesTheFrugalOneIsTheYardstick) {
    const Goal most{.deadline = SimSeconds{0.1}, .max_energy_j = 5.0};
    for (const bool dear_first : {true, false}) {
        RunResult result;
        for (int i = 0; i < 10; ++i) {
            for (const bool dear : {dear_first, !dear_first}) {
                result.segments.push_back(input("alert-static", kDeadline, i, dear ? 4 : 1, 0.8,
                                                dear ? "model=n,power=40" : "model=n,power=10"));
            }
            result.segments.push_back(input("alert", most, i, 2, 0.8));
        }
        const auto rows = settled(result);
        EXPECT_EQ(rows[0].configuration, "model=n,power=10");
        EXPECT_DOUBLE_EQ(*rows[1].energy_ratio, 2);
    }
}

TEST(Settings, ShareOfLateResultsIsOfInputs) {
    RunResult result;
    for (int i = 0; i < 10; ++i) {
        SegmentRow row = input("alert", kGoal, i, 2, 0.9);
        row.kept_frames = 5;
        row.late = i == 0 ? 4 : 0;
        result.segments.push_back(row);
    }
    const auto rows = settled(result);
    EXPECT_EQ(rows[0].inputs, 50U);
    EXPECT_DOUBLE_EQ(rows[0].late, 0.08);
    EXPECT_DOUBLE_EQ(rows[0].energy_j, 2) << "of a segment";
    EXPECT_FALSE(rows[0].violated);
}

TEST(Settings, WhatFailedIsNotCalledViolated) {
    RunResult result = hand_made();
    for (SegmentRow& row : result.segments) {
        if (row.cell.scheme == "alert") row.status = "error: no accuracy";
    }
    const auto means = setting_means(settled(result), Part::whole);
    EXPECT_EQ(means[1].violated, 0U);
    EXPECT_EQ(means[1].failed, 1U);
    EXPECT_THAT(settings_text(means, Part::whole, "alert-static"),
                HasSubstr("alert                 failed in each of 1 settings\n"));
}

/// A start that is dear, late and inaccurate, and five steady inputs.
RunResult with_a_start() {
    RunResult result;
    for (int i = 0; i < 10; ++i) {
        result.segments.push_back(input("alert-static", kDeadline, i, 4, 0.8, "model=m"));
        SegmentRow row = input("alert", kGoal, i, i < 5 ? 40 : 2, i < 5 ? 0.1 : 0.9);
        row.late = i < 5;
        result.segments.push_back(row);
    }
    return result;
}

TEST(Settings, AreOfTheWholeAndOfWhatFollowsTheStart) {
    const auto rows = settings(with_a_start(), {.warmup = 5}, "alert-static");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[1].part, Part::whole);
    EXPECT_EQ(rows[1].inputs, 10U);
    EXPECT_DOUBLE_EQ(rows[1].energy_j, 21);
    EXPECT_DOUBLE_EQ(rows[1].late, 0.5);
    EXPECT_TRUE(rows[1].violated);
    EXPECT_EQ(rows[3].part, Part::steady);
    EXPECT_EQ(rows[3].inputs, 5U);
    EXPECT_DOUBLE_EQ(rows[3].energy_j, 2);
    EXPECT_FALSE(rows[3].violated);
    EXPECT_DOUBLE_EQ(*rows[3].energy_ratio, 0.5);
    EXPECT_EQ(setting_means(rows, Part::whole)[1].violated, 1U);
    const auto steady = setting_means(rows, Part::steady);
    EXPECT_DOUBLE_EQ(*steady[1].energy, 0.5);
    EXPECT_THAT(settings_text(steady, Part::steady, "alert-static"), HasSubstr("after the start"));
    const auto none = settings(with_a_start(), {.warmup = 10}, "alert-static");
    ASSERT_EQ(none.size(), 3U) << "nothing follows it, so the yardstick has no best";
    EXPECT_EQ(none.back().inputs, 0U);
    EXPECT_FALSE(none.back().energy_ratio);
}

TEST(Settings, AStartStandsOnceInEachReplicate) {
    // All that differs is the first input, which no block may leave out or take twice.
    RunResult result;
    for (int i = 0; i < 20; ++i) {
        result.segments.push_back(input("alert-static", kDeadline, i, 2, 0.8, "model=m"));
        result.segments.push_back(input("alert", kGoal, i, i == 0 ? 22 : 2, 0.8));
    }
    const auto rows = settings(result, {.warmup = 1}, "alert-static");
    ASSERT_EQ(rows[1].energy_draws.size(), 1000U);
    for (const double draw : rows[1].energy_draws) EXPECT_DOUBLE_EQ(draw, 1.5);
    for (const double draw : rows[3].energy_draws) EXPECT_DOUBLE_EQ(draw, 1);
}

TEST(Settings, AClipThatCannotBeDrawnLeavesNoInterval) {
    RunResult result = hand_made();
    for (SegmentRow row : {input("alert-static", kDeadline, 0, 4, 0.8, "model=m"),
                           input("alert", kGoal, 0, 3, 0.75)}) {
        row.clip = "short";
        result.segments.push_back(row);
    }
    const auto rows = settled(result);
    EXPECT_EQ(rows[1].inputs, 11U);
    EXPECT_DOUBLE_EQ(*rows[1].energy_ratio, 0.75);
    EXPECT_TRUE(rows[1].energy_draws.empty());
    EXPECT_FALSE(setting_means(rows, Part::whole)[1].energy_interval);
}

TEST(Settings, WithoutAYardstickFiguresStandAsTheyAre) {
    RunResult result = hand_made();
    std::erase_if(result.segments,
                  [](const SegmentRow& row) { return row.cell.scheme == "alert-static"; });
    const auto means = setting_means(settled(result), Part::whole);
    ASSERT_EQ(means.size(), 1U);
    EXPECT_EQ(means[0].compared, 0U);
    EXPECT_DOUBLE_EQ(*means[0].energy_j, 3);
    EXPECT_DOUBLE_EQ(*means[0].plain_error, 0.25);
    const std::string text = settings_text(means, Part::whole, "alert-static");
    EXPECT_THAT(text, HasSubstr("as they are, since alert-static"));
    EXPECT_THAT(text, HasSubstr("energy (J)"));
    EXPECT_THAT(text, HasSubstr("alert                     1 [0]                      3.000"));
}

TEST(Settings, EnergyBudgetsCountInputs) {
    const Goal goal{.deadline = SimSeconds{0.1}, .max_energy_j = 5};
    RunResult result;
    for (int i = 0; i < 10; ++i) {
        result.segments.push_back(input("alert-static", kDeadline, i, 4, 0.8, "model=m"));
        result.segments.push_back(input("alert-static", kDeadline, i, 6, 0.9, "model=l"));
        result.segments.push_back(input("alert", goal, i, i < 2 ? 5.1 : 4.9, 0.9));
    }
    const auto rows = settled(result);
    EXPECT_EQ(rows[0].configuration, "model=m") << "the most accurate that keeps to the budget";
    EXPECT_DOUBLE_EQ(rows[1].over, 0.2);
    EXPECT_TRUE(rows[1].violated);
}

TEST(Settings, AFailedSegmentLeavesNoFigures) {
    RunResult result = hand_made();
    result.segments.push_back(
        failed_row("c", {.scheme = "alert", .goal = kGoal, .fixed = {}}, 10, "gone"));
    const auto rows = settled(result);
    EXPECT_EQ(rows[1].inputs, 0U);
    EXPECT_FALSE(rows[1].energy_ratio);
    EXPECT_EQ(setting_means(rows, Part::whole)[1].failed, 1U);
}

TEST(Settings, RunsForWeightsHaveNone) {
    RunResult result;
    result.segments.push_back(segment_row("c", weighted("oneadapt", 1), 0, 10, 0.5));
    EXPECT_TRUE(settled(result).empty());
    const Report report = make_report(result, {});
    EXPECT_FALSE(to_json(report).contains("settings"));
}

}  // namespace
}  // namespace oneadapt
