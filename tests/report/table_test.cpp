#include "report/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rows.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;

RunResult compared_schemes() {
    RunResult run;
    auto& rows = run.segments;
    rows = {segment_row("road", weighted("oneadapt", 0.05), 0, 800, 0.954),
            segment_row("road", weighted("oneadapt", 1), 0, 80, 0.5),
            segment_row("road", weighted("chameleon", 0.1), 0, 700, 0.93),
            segment_row("road", fixed("qp=20"), 0, 1000, 0.954),
            segment_row("road", fixed("qp=30"), 0, 1100, 0.9),
            segment_row("road", fixed("qp=50"), 0, 100, 0.5)};
    return run;
}

TEST(Table, HasARowPerSchemeNearACommonAccuracy) {
    EXPECT_EQ(table_text(make_report(compared_schemes(), 0),
                         {.baselines = {"awstream", "chameleon", "static"}}),
              R"(Means per segment (clip: all), each scheme at its point nearest to accuracy 0.93
Savings in kbit/s at equal accuracy, over the accuracies that both reach

           weight or                       GPU   camera  delay  saving vs  saving vs
scheme        config  accuracy  kbit/s  frames  encodes      s  chameleon     static
oneadapt        0.05     0.954   800.0   11.00     20.0  0.250    -1.2 %*     20.0 %
chameleon        0.1     0.930   700.0   11.00     20.0  0.250          -    20.9 %*
static         qp=20     0.954  1000.0   11.00     20.0  0.250   -26.5 %*          -
*    at the one accuracy that both reach
)");
}

TEST(Table, SaysWhereFrontiersDoNotMeetAndWhatFailed) {
    RunResult run = compared_schemes();
    run.segments.push_back(segment_row("road", weighted("poor", 1), 0, 5, 0.29));
    run.segments.push_back(segment_row("road", weighted("poor", 2), 0, 4, 0.05));
    run.segments.push_back(failed_row("road", weighted("broken", 1), 0, "no frame"));
    EXPECT_EQ(table_text(make_report(run, 0), {.clip = "road", .baselines = {"static"}}),
              R"(Means per segment (clip: road), each scheme at its point nearest to accuracy 0.29
Savings in kbit/s at equal accuracy, over the accuracies that both reach

           weight or                       GPU   camera  delay  saving vs
scheme        config  accuracy  kbit/s  frames  encodes      s     static
oneadapt           1     0.500    80.0   11.00     20.0  0.250     20.0 %
chameleon        0.1     0.930   700.0   11.00     20.0  0.250    20.9 %*
static         qp=50     0.500   100.0   11.00     20.0  0.250          -
poor               1     0.290     5.0   11.00     20.0  0.250        n/a
broken             -         -       -       -        -      -          -
n/a  the two frontiers reach no accuracy in common
*    at the one accuracy that both reach
broken: failed segments: 1 (status in segments.csv); their cells are left out
)");
}

TEST(Table, ShowsEveryPairUnlessToldOtherwise) {
    RunResult run;
    run.segments = {segment_row("road", {.scheme = "fast"}, 0, 100, 0.5),
                    segment_row("road", {.scheme = "slow"}, 0, 200, 0.5)};
    EXPECT_EQ(table_text(make_report(run, 0), {}),
              R"(Means per segment (clip: all), each scheme at its point nearest to accuracy 0.50
Savings in kbit/s at equal accuracy, over the accuracies that both reach

        weight or                       GPU   camera  delay  saving vs  saving vs
scheme     config  accuracy  kbit/s  frames  encodes      s       fast       slow
fast            -     0.500   100.0   11.00     20.0  0.250          -    50.0 %*
slow            -     0.500   200.0   11.00     20.0  0.250  -100.0 %*          -
*    at the one accuracy that both reach
)");
}

TEST(Table, CountsGpuWorkInGflopWhereItIsWhatIsSaved) {
    RunResult run;
    run.segments = {segment_row("road", {.scheme = "fast"}, 0, 100, 0.5),
                    segment_row("road", {.scheme = "slow"}, 0, 200, 0.5)};
    run.segments[1].ledger.gflop = 5;
    EXPECT_EQ(table_text(make_report(run, 0), {.baselines = {"slow"}, .resource = Resource::gpu}),
              R"(Means per segment (clip: all), each scheme at its point nearest to accuracy 0.50
Savings in GPU work at equal accuracy, over the accuracies that both reach

        weight or                      GPU   camera  delay  saving vs
scheme     config  accuracy  kbit/s  GFLOP  encodes      s       slow
fast            -     0.500   100.0   2.50     20.0  0.250    50.0 %*
slow            -     0.500   200.0   5.00     20.0  0.250          -
*    at the one accuracy that both reach
)");
}

TEST(Table, OfARunThatMeasuredNothingHasNoFigures) {
    RunResult run;
    run.segments = {failed_row("road", weighted("broken", 1), 0, "no frame")};
    EXPECT_EQ(table_text(make_report(run, 0), {.baselines = {"static"}}),
              R"(Means per segment (clip: all)
Savings in kbit/s at equal accuracy, over the accuracies that both reach

        weight or                       GPU   camera  delay
scheme     config  accuracy  kbit/s  frames  encodes      s
broken          -         -       -       -        -      -
broken: failed segments: 1 (status in segments.csv); their cells are left out
)");
}

TEST(Table, IsOfEachWholeClipWhereOneFailed) {
    RunResult run;
    run.segments = {segment_row("road", weighted("a", 1), 0, 100, 0.5),
                    segment_row("park", weighted("a", 1), 0, 300, 0.7)};
    EXPECT_THAT(clips_of_tables(make_report(run, 0)), ElementsAre("all"));
    run.segments.push_back(failed_row("lane", weighted("a", 1), 0, "no frame"));
    EXPECT_THAT(clips_of_tables(make_report(run, 0)), ElementsAre("road", "park"));
    run.segments = {run.segments.back()};
    EXPECT_THAT(clips_of_tables(make_report(run, 0)), ElementsAre("all"));
}

}  // namespace
}  // namespace oneadapt
