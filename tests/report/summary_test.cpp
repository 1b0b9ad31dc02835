#include "report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rows.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Summary, OfAllClipsWeighsEverySegmentTheSame) {
    RunResult run;
    run.segments = {segment_row("long", weighted("a", 1), 0, 100, 0.9),
                    segment_row("long", weighted("a", 1), 1, 200, 0.6),
                    segment_row("short", weighted("a", 1), 0, 600, 0.3)};
    const auto rows = summarise(run, 0);
    ASSERT_EQ(rows.size(), 3U);
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
    const auto rows = summarise(run, 0);
    EXPECT_DOUBLE_EQ(rows[1].kbps, 300);
    EXPECT_DOUBLE_EQ(rows[1].accuracy, 0.75);
}

TEST(Summary, LeavesTheWarmUpOut) {
    RunResult run;
    for (int i = 0; i < 4; ++i) {
        run.segments.push_back(segment_row("road", weighted("a", 1), i, 100 * (i + 1), 0.5));
    }
    EXPECT_DOUBLE_EQ(summarise(run, 2)[0].kbps, 350);
    EXPECT_EQ(summarise(run, 2)[0].segments, 2U);
    EXPECT_EQ(summarise(run, 4)[0].segments, 0U);
}

TEST(Summary, WhereASegmentFailedEvenInTheWarmUpThereAreNoFigures) {
    RunResult run;
    run.segments = {failed_row("road", weighted("a", 1), 0, "no frame"),
                    segment_row("road", weighted("a", 1), 1, 100, 0.5),
                    segment_row("park", weighted("a", 1), 1, 300, 0.7)};
    const auto rows = summarise(run, 1);
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
    const auto rows = summarise(run, 0);
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[1].cell.fixed, "qp=50");
    EXPECT_FALSE(rows[1].objective.has_value());
}

TEST(Summary, TakesTheDelayThat95PercentOfTheSegmentsKeepTo) {
    RunResult run;
    for (int i = 0; i < 20; ++i) {
        run.segments.push_back(segment_row("road", weighted("a", 1), i, 100, 0.5));
        run.segments.back().delay = SimSeconds{20.0 - i};
    }
    EXPECT_DOUBLE_EQ(summarise(run, 0)[0].delay_p95_s.value(), 19);
    EXPECT_DOUBLE_EQ(summarise(run, 19)[0].delay_p95_s.value(), 1);
    EXPECT_DOUBLE_EQ(summarise(run, 0)[0].delay_s.value(), 10.5);
}

TEST(Summary, RefusesAClipNamedLikeTheMean) {
    RunResult run;
    run.segments = {segment_row("all", fixed("qp=20"), 0, 100, 0.5)};
    EXPECT_THAT([&] { summarise(run, 0); }, ThrowsMessage<InputError>(HasSubstr("clip 'all'")));
}

}  // namespace
}  // namespace oneadapt
