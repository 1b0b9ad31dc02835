#include "report/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rows.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The same in a second segment: two blocks, which differ in nothing.
void play_again(RunResult& run) {
    const std::vector<SegmentRow> first = run.segments;
    for (SegmentRow row : first) {
        row.segment = 1;
        run.segments.push_back(row);
    }
}

RunResult compared_schemes() {
    RunResult run;
    auto& rows = run.segments;
    rows = {segment_row("road", weighted("oneadapt", 0.05), 0, 800, 0.954),
            segment_row("road", weighted("oneadapt", 1), 0, 80, 0.5),
            segment_row("road", weighted("chameleon", 0.1), 0, 700, 0.93),
            segment_row("road", fixed("qp=20"), 0, 1000, 0.954),
            segment_row("road", fixed("qp=30"), 0, 1100, 0.9),
            segment_row("road", fixed("qp=50"), 0, 100, 0.5)};
    play_again(run);
    return run;
}

TEST(Table, HasARowPerSchemeNearACommonAccuracy) {
    EXPECT_EQ(
        table_text(make_report(compared_schemes(), {}),
                   {.baselines = {"awstream", "chameleon", "static"}}),
        R"(Means per segment of the whole, no clip being longer than its start (clip: all), each scheme at its point nearest to accuracy 0.93
Savings in kbit/s at equal accuracy, over the accuracies that both reach

           weight or                       GPU   camera  delay            saving vs         saving vs
scheme        config  accuracy  kbit/s  frames  encodes      s            chameleon            static
oneadapt        0.05     0.954   800.0   11.00     20.0  0.250     -1 % (-1 to -1)*   20 % (20 to 20)
chameleon        0.1     0.930   700.0   11.00     20.0  0.250                    -  21 % (21 to 21)*
static         qp=20     0.954  1000.0   11.00     20.0  0.250  -26 % (-26 to -26)*                 -
*    at the one accuracy that both reach
( )  95 % interval by bootstrap; blocks of segments: 2, too few to rely on it
)");
}

TEST(Table, CautionsWhereThereAreTooFewBlocksForAnInterval) {
    RunResult run = compared_schemes();
    std::erase_if(run.segments, [](const SegmentRow& row) { return row.segment > 0; });
    const std::string text = table_text(make_report(run, {}), {.baselines = {"static"}});
    EXPECT_THAT(text, HasSubstr("  20 %\n"));
    EXPECT_THAT(text, HasSubstr("no interval: blocks of segments: 1, too few to rely on a saving"));
    EXPECT_THAT(text, Not(HasSubstr("( )")));
}

TEST(Table, SaysWhereFrontiersDoNotMeetAndWhatFailed) {
    RunResult run = compared_schemes();
    for (const int segment : {0, 1}) {
        run.segments.push_back(segment_row("road", weighted("poor", 1), segment, 5, 0.29));
        run.segments.push_back(segment_row("road", weighted("poor", 2), segment, 4, 0.05));
    }
    run.segments.push_back(failed_row("road", weighted("broken", 1), 0, "no frame"));
    EXPECT_EQ(
        table_text(make_report(run, {}), {.clip = "road", .baselines = {"static"}}),
        R"(Means per segment of the whole, no clip being longer than its start (clip: road), each scheme at its point nearest to accuracy 0.29
Savings in kbit/s at equal accuracy, over the accuracies that both reach

           weight or                       GPU   camera  delay         saving vs
scheme        config  accuracy  kbit/s  frames  encodes      s            static
oneadapt           1     0.500    80.0   11.00     20.0  0.250   20 % (20 to 20)
chameleon        0.1     0.930   700.0   11.00     20.0  0.250  21 % (21 to 21)*
static         qp=50     0.500   100.0   11.00     20.0  0.250                 -
poor               1     0.290     5.0   11.00     20.0  0.250               n/a
broken             -         -       -       -        -      -                 -
n/a  the two frontiers reach no accuracy in common
*    at the one accuracy that both reach
( )  95 % interval by bootstrap; blocks of segments: 2, too few to rely on it
broken: failed segments: 1 (status in segments.csv); their cells are left out
)");
}

TEST(Table, ShowsEveryPairUnlessToldOtherwise) {
    RunResult run;
    run.segments = {segment_row("road", {.scheme = "fast"}, 0, 100, 0.5),
                    segment_row("road", {.scheme = "slow"}, 0, 200, 0.5)};
    play_again(run);
    EXPECT_EQ(
        table_text(make_report(run, {}), {}),
        R"(Means per segment of the whole, no clip being longer than its start (clip: all), each scheme at its point nearest to accuracy 0.50
Savings in kbit/s at equal accuracy, over the accuracies that both reach

        weight or                       GPU   camera  delay               saving vs         saving vs
scheme     config  accuracy  kbit/s  frames  encodes      s                    fast              slow
fast            -     0.500   100.0   11.00     20.0  0.250                       -  50 % (50 to 50)*
slow            -     0.500   200.0   11.00     20.0  0.250  -100 % (-100 to -100)*                 -
*    at the one accuracy that both reach
( )  95 % interval by bootstrap; blocks of segments: 2, too few to rely on it
)");
}

TEST(Table, CountsGpuWorkInGflopWhereItIsWhatIsSaved) {
    RunResult run;
    run.segments = {segment_row("road", {.scheme = "fast"}, 0, 100, 0.5),
                    segment_row("road", {.scheme = "slow"}, 0, 200, 0.5)};
    run.segments[1].ledger.gflop = 5;
    play_again(run);
    EXPECT_EQ(
        table_text(make_report(run, {}), {.baselines = {"slow"}, .resource = Resource::gpu}),
        R"(Means per segment of the whole, no clip being longer than its start (clip: all), each scheme at its point nearest to accuracy 0.50
Savings in GPU work at equal accuracy, over the accuracies that both reach

        weight or                      GPU   camera  delay         saving vs
scheme     config  accuracy  kbit/s  GFLOP  encodes      s              slow
fast            -     0.500   100.0   2.50     20.0  0.250  50 % (50 to 50)*
slow            -     0.500   200.0   5.00     20.0  0.250                 -
*    at the one accuracy that both reach
( )  95 % interval by bootstrap; blocks of segments: 2, too few to rely on it
)");
}

TEST(Table, OfARunThatMeasuredNothingHasNoFigures) {
    RunResult run;
    run.segments = {failed_row("road", weighted("broken", 1), 0, "no frame")};
    EXPECT_EQ(table_text(make_report(run, {}), {.baselines = {"static"}}),
              R"(Means per segment of the whole, no clip being longer than its start (clip: all)
Savings in kbit/s at equal accuracy, over the accuracies that both reach

        weight or                       GPU   camera  delay
scheme     config  accuracy  kbit/s  frames  encodes      s
broken          -         -       -       -        -      -
broken: failed segments: 1 (status in segments.csv); their cells are left out
)");
}

TEST(Table, IsOfTheSteadyPartWhereThereIsOne) {
    RunResult run;
    for (int i = 0; i < 60; ++i) {
        const double start = i < 6 ? 10 : 1;  // what finding out costs
        const double busy = 100 + i % 7;
        run.segments.push_back(segment_row("road", weighted("slow", 1), i, start * busy, 0.5));
        run.segments.push_back(segment_row("road", fixed("qp=20"), i, 2 * busy, 0.5));
    }
    Report report = make_report(run, {});
    EXPECT_EQ(part_of_tables(report), Part::steady);
    EXPECT_EQ(
        table_text(report, {.part = Part::steady, .baselines = {"static"}}),
        R"(Means per segment after the start (clip: all), each scheme at its point nearest to accuracy 0.50
Savings in kbit/s at equal accuracy, over the accuracies that both reach

        weight or                       GPU   camera  delay         saving vs
scheme     config  accuracy  kbit/s  frames  encodes      s            static
slow            1     0.500   102.9   11.00     20.0  0.250  50 % (50 to 50)*
static      qp=20     0.500   205.9   11.00     20.0  0.250                 -
*    at the one accuracy that both reach
( )  95 % interval by bootstrap; blocks of segments: 5, too few to rely on it
)");
    run.segments.resize(2);
    EXPECT_EQ(part_of_tables(make_report(run, {})), Part::whole);
}

TEST(Table, IsOfEachWholeClipWhereOneFailed) {
    RunResult run;
    run.segments = {segment_row("road", weighted("a", 1), 0, 100, 0.5),
                    segment_row("park", weighted("a", 1), 0, 300, 0.7)};
    EXPECT_THAT(clips_of_tables(make_report(run, {})), ElementsAre("all"));
    run.segments.push_back(failed_row("lane", weighted("a", 1), 0, "no frame"));
    EXPECT_THAT(clips_of_tables(make_report(run, {})), ElementsAre("road", "park"));
    run.segments = {run.segments.back()};
    EXPECT_THAT(clips_of_tables(make_report(run, {})), ElementsAre("all"));
}

}  // namespace
}  // namespace oneadapt
