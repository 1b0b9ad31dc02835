#include "report/summary.hpp"

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/savings.hpp"
#include "rows.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// The rows of the part after that start.
std::vector<SummaryRow> steady(const RunResult& run, int warmup) {
    auto rows = summarise(run, {.warmup = warmup});
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2));
    return rows;
}

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Summary, OfAllClipsWeighsEverySegmentTheSame) {
    RunResult run;
    run.segments = {segment_row("long", weighted("a", 1), 0, 100, 0.9),
                    segment_row("long", weighted("a", 1), 1, 200, 0.6),
                    segment_row("short", weighted("a", 1), 0, 600, 0.3)};
    const auto rows = summarise(run, {});
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].clip, all_clips);
    EXPECT_EQ(rows[0].segments, 3U);
    EXPECT_DOUBLE_EQ(rows[0].kbps, 300);
    EXPECT_DOUBLE_EQ(rows[0].accuracy, 0.6);
    EXPECT_EQ(rows[1].clip, "long");
    EXPECT_DOUBLE_EQ(rows[1].kbps, 150);
    EXPECT_DOUBLE_EQ(rows[1].uplink_bytes, 150 * 125);
    EXPECT_DOUBLE_EQ(rows[1].gpu_frames, 11);
    EXPECT_DOUBLE_EQ(rows[1].server_encodes, 3);
    EXPECT_DOUBLE_EQ(rows[1].objective.value(), 0.75 - 0.15);
    EXPECT_EQ(rows[2].clip, "short");
}

TEST(Summary, RatesAreOfTheTimeThatSegmentsLast) {
    RunResult run;
    run.segments = {segment_row("slowing", weighted("a", 1), 0, 900, 0.9),
                    segment_row("slowing", weighted("a", 1), 1, 100, 0.6)};
    run.segments[1].stretch = 3;
    const auto rows = summarise(run, {});
    EXPECT_DOUBLE_EQ(rows[1].kbps, 300);
    EXPECT_DOUBLE_EQ(rows[1].accuracy, 0.75);
}

TEST(Summary, TheStartIsATenthAndAtLeastFiveSegments) {
    EXPECT_EQ(start_segments(3, {}), 5);
    EXPECT_EQ(start_segments(50, {}), 5);
    EXPECT_EQ(start_segments(51, {}), 6);
    EXPECT_EQ(start_segments(300, {}), 30);
    EXPECT_EQ(start_segments(300, 0), 0);
    EXPECT_EQ(start_segments(3, 7), 7);
}

TEST(Summary, EachClipHasAStartOfItsOwn) {
    RunResult run;
    for (const auto& [clip, segments] : {std::pair("short", 6), std::pair("long", 100)}) {
        for (int i = 0; i < segments; ++i) {
            run.segments.push_back(segment_row(clip, weighted("a", 1), i, 10 * (i + 1), 0.5));
        }
    }
    const auto rows = summarise(run, {});
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].segments, 106U);
    EXPECT_EQ(rows[0].part, Part::whole);
    EXPECT_EQ(rows[3].part, Part::steady);
    EXPECT_EQ(rows[3].segments, 91U);
    EXPECT_EQ(rows[3].blocks, 1U + 9U);
    EXPECT_DOUBLE_EQ(rows[4].kbps, 60);
    EXPECT_DOUBLE_EQ(rows[5].kbps, 10 * (11 + 100) / 2.0);
    EXPECT_DOUBLE_EQ(rows[3].kbps, (60 + 90 * 555.0) / 91);
    EXPECT_LT(rows[5].kbps_interval->lo, 555);
    EXPECT_GT(rows[5].kbps_interval->hi, 555);
    EXPECT_EQ(rows[5].accuracy_interval, (Interval{0.5, 0.5}));
}

TEST(Summary, LeavesTheWarmUpOut) {
    RunResult run;
    for (int i = 0; i < 4; ++i) {
        run.segments.push_back(segment_row("road", weighted("a", 1), i, 100 * (i + 1), 0.5));
    }
    EXPECT_DOUBLE_EQ(steady(run, 2)[0].kbps, 350);
    EXPECT_EQ(steady(run, 2)[0].segments, 2U);
    EXPECT_EQ(steady(run, 4)[0].segments, 0U);
}

TEST(Summary, WhereASegmentFailedEvenInTheWarmUpThereAreNoFigures) {
    RunResult run;
    run.segments = {failed_row("road", weighted("a", 1), 0, "no frame"),
                    segment_row("road", weighted("a", 1), 1, 100, 0.5),
                    segment_row("park", weighted("a", 1), 1, 300, 0.7)};
    const auto rows = steady(run, 1);
    ASSERT_EQ(rows.size(), 3U);
    for (const std::size_t failed : {0U, 1U}) {  // all clips, and the road
        EXPECT_EQ(rows[failed].failed_segments, 1U);
        EXPECT_EQ(rows[failed].segments, 0U);
    }
    EXPECT_EQ(rows[2].segments, 1U);
    EXPECT_DOUBLE_EQ(rows[2].kbps, 300);
}

TEST(Summary, HasARowPerStaticConfigurationWithoutObjective) {
    RunResult run;
    run.segments = {segment_row("road", fixed("qp=20"), 0, 100, 0.5),
                    segment_row("road", fixed("qp=50"), 0, 10, 0.1)};
    const auto rows = summarise(run, {});
    ASSERT_EQ(rows.size(), 8U);
    EXPECT_EQ(rows[1].cell.fixed, "qp=50");
    EXPECT_FALSE(rows[1].objective.has_value());
}

TEST(Summary, TakesTheDelayThat95PercentOfTheSegmentsKeepTo) {
    RunResult run;
    for (int i = 0; i < 20; ++i) {
        run.segments.push_back(segment_row("road", weighted("a", 1), i, 100, 0.5));
        run.segments.back().delay = SimSeconds{20.0 - i};
    }
    EXPECT_DOUBLE_EQ(summarise(run, {})[0].delay_p95_s.value(), 19);
    EXPECT_DOUBLE_EQ(steady(run, 19)[0].delay_p95_s.value(), 1);
    EXPECT_DOUBLE_EQ(summarise(run, {})[0].delay_s.value(), 10.5);
}

TEST(Summary, RefusesAClipNamedLikeTheMean) {
    RunResult run;
    run.segments = {segment_row("all", fixed("qp=20"), 0, 100, 0.5)};
    EXPECT_THAT([&] { summarise(run, {}); }, ThrowsMessage<InputError>(HasSubstr("clip 'all'")));
}

/// A segment of one object, which is found with that score, or missed by a box with it.
SegmentRow judged_row(const std::string& clip, double weight, int segment, double kbps, float score,
                      bool found) {
    SegmentRow row = segment_row(clip, weighted("a", weight), segment, kbps, 0.5);
    JudgedFrames frames;
    frames.said[0].push_back({score, found});
    frames.demanded[0] = 1;
    row.judged = std::make_shared<const JudgedFrames>(frames);
    return row;
}

TEST(Summary, Ap50IsOfAllSegmentsTogether) {
    RunResult run;
    run.segments = {judged_row("one", 1, 0, 100, 0.9F, true),
                    judged_row("one", 1, 1, 100, 0.8F, false),
                    judged_row("two", 1, 0, 100, 0.7F, true)};
    const auto rows = summarise(run, {.by_ap50 = true});
    // Right, wrong, right of three: 1 up to a recall of 1/3 (34 of 101), 2/3 up to 2/3 (33 more).
    EXPECT_NEAR(rows[0].ap50.value(), (34 + 33 * 2.0 / 3) / 101, 1e-12);
    EXPECT_NEAR(rows[1].ap50.value(), 51 / 101.0, 1e-12);
    EXPECT_DOUBLE_EQ(rows[2].ap50.value(), 1);
    EXPECT_DOUBLE_EQ(rows[0].accuracy, 0.5) << "F1 stands beside it";
    EXPECT_FALSE(summarise(run, {})[0].ap50);
}

TEST(Summary, DrawsOfAp50AreOfWholeSegments) {
    RunResult run;
    for (int i = 0; i < 20; ++i) {
        const bool found = i % 2 == 0;
        run.segments.push_back(judged_row("one", 1, i, 100, found ? 0.9F : 0.1F, found));
    }
    const SummaryOptions options{
        .warmup = 0, .resampling = {.block = 2, .replicates = 200}, .by_ap50 = true};
    const auto rows = summarise(run, options);
    // Each block of two holds one that is found, and one that is missed with less certainty.
    EXPECT_THAT(rows[0].replicates.accuracy,
                ::testing::AllOf(::testing::SizeIs(200),
                                 ::testing::Each(::testing::DoubleNear(51 / 101.0, 1e-12))));
    EXPECT_EQ(rows[0].ap50_interval->lo, rows[0].ap50_interval->hi);
    EXPECT_EQ(rows[0].accuracy_interval, (Interval{0.5, 0.5}));
}

TEST(Summary, SavingsAreAtEqualAp50WhereThatIsAskedFor) {
    RunResult run;
    for (const auto& [scheme, factor] : {std::pair("a", 1.0), std::pair("b", 0.5)}) {
        for (const double weight : {1.0, 2.0}) {
            // The dearer one finds both of two objects; F1 says the opposite.
            for (int i = 0; i < 2; ++i) {
                SegmentRow row = judged_row("one", weight, i, factor * 100 / weight, 0.9F,
                                            weight == 1 || i == 0);
                row.cell.scheme = scheme;
                row.accuracy = weight == 1 ? 0.4 : 0.6;
                run.segments.push_back(row);
            }
        }
    }
    const auto all = savings(summarise(run, {.warmup = 0, .by_ap50 = true}));
    const auto row = std::ranges::find_if(
        all, [](const SavingRow& r) { return r.scheme == "b" && r.baseline == "a"; });
    ASSERT_NE(row, all.end());
    EXPECT_NEAR(row->comparison.saving.value(), 0.5, 1e-12);
    EXPECT_NEAR(row->comparison.accuracy_hi.value(), 1, 1e-12);
}

}  // namespace
}  // namespace oneadapt
