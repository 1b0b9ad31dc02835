#include "report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace oneadapt
