#include "report/columns.hpp"

#include <limits>
#include <locale>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rows.hpp"

namespace oneadapt {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

template <class Row>
std::string csv(std::span<const Column<Row>> columns, const std::vector<Row>& rows) {
    std::ostringstream out;
    write_csv(out, columns, rows);
    return out.str();
}

constexpr const char* segments_header =
    "clip,scheme,weight,segment,configuration,uplink_bytes,downlink_bytes,kbps,kept_frames,"
    "forward_frames,backward_frames,gflop,camera_encodes,accuracy,delay_s,energy_j,status,"
    "server_encodes,relative_bandwidth,objective,streaming_accuracy\n";

TEST(Csv, QuotesWhatWouldBreakALine) {
    EXPECT_EQ(csv_field("qp=30"), "qp=30");
    EXPECT_EQ(csv_field("qp=30,resolution=1"), "\"qp=30,resolution=1\"");
    EXPECT_EQ(csv_field("a \"b\"\nc"), "\"a \"\"b\"\"\nc\"");
    EXPECT_EQ(csv_field(""), "");
}

TEST(Csv, WritesTheShortestNumbersAndNothingForWhatIsNone) {
    EXPECT_EQ(csv_text(0.1), "0.1");
    EXPECT_EQ(csv_text(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(csv_text(-0.0), "0");
    EXPECT_EQ(csv_text(std::int64_t{12345678901}), "12345678901");
    EXPECT_EQ(csv_text(std::numeric_limits<double>::quiet_NaN()), "");
    EXPECT_EQ(csv_text(std::numeric_limits<double>::infinity()), "");
    EXPECT_EQ(csv_text(Value()), "");
    EXPECT_EQ(json_value(std::numeric_limits<double>::quiet_NaN()), nullptr);
}

TEST(SegmentsCsv, HasAFixedHeaderAndARowPerSegment) {
    EXPECT_EQ(csv(segment_columns(), {}), segments_header);
    EXPECT_EQ(
        csv(segment_columns(), {segment_row("road", weighted("oneadapt", 0.5), 3, 400, 0.9)}),
        std::string(segments_header) +
            "road,oneadapt,0.5,3,qp=30,50000,64,400,10,10,1,2.5,20,0.9,0.25,0.75,ok,3,0.4,0.7,"
            "0.625\n");
}

TEST(SegmentsCsv, LeavesWeightAndObjectiveEmptyForStatic) {
    EXPECT_EQ(csv(segment_columns(), {segment_row("road", fixed("qp=30,resolution=1"), 0, 400, 1)}),
              std::string(segments_header) +
                  "road,static,,0,\"qp=30,resolution=1\",50000,64,400,10,10,1,2.5,20,1,0.25,0.75,"
                  "ok,3,0.4,,0.625\n");
}

TEST(SegmentsCsv, LeavesTheFiguresOfAFailedSegmentEmpty) {
    EXPECT_EQ(
        csv(segment_columns(), {failed_row("road", weighted("a", 1), 2, "clip 'x', cut short")}),
        std::string(segments_header) +
            "road,a,1,2,qp=30,,,,,,,,,,,,\"error: clip 'x', cut short\",,,,\n");
}

TEST(SegmentsCsv, DoesNotDependOnTheLocale) {
    struct Grouping : std::numpunct<char> {
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
        char do_decimal_point() const override { return ','; }
    };
    const std::locale before = std::locale::global(std::locale(std::locale(), new Grouping));
    const std::string text =
        csv(segment_columns(), {segment_row("road", fixed("qp=30"), 1234567, 400.5, 0.9)});
    std::locale::global(before);
    EXPECT_THAT(text, EndsWith("1234567,qp=30,50062,64,400.5,10,10,1,2.5,20,0.9,0.25,0.75,ok,3,"
                               "0.4005,,0.625\n"));
}

TEST(SummaryCsv, WritesMeansAndNothingWhereNoSegmentCounts) {
    RunResult run;
    run.segments = {segment_row("road", weighted("a", 0.5), 0, 400, 0.9)};
    const std::string header =
        "clip,part,scheme,weight,configuration,segments,failed_segments,accuracy,kbps,"
        "relative_bandwidth,objective,gpu_frames,forward_frames,backward_frames,gflop,"
        "camera_encodes,server_encodes,uplink_bytes,downlink_bytes,kept_frames,delay_s,delay_p95_s,"
        "energy_j,streaming_accuracy,accuracy_ci_lo,accuracy_ci_hi,kbps_ci_lo,kbps_ci_hi,blocks\n";
    const std::string figures =
        "a,0.5,,1,0,0.9,400,0.4,0.7,11,10,1,2.5,20,3,50000,64,10,0.25,0.25,0.75,0.625,,,,,1\n";
    const std::string nothing = "a,0.5,,0,0,,,,,,,,,,,,,,,,,,,,,,0\n";
    EXPECT_EQ(csv(summary_columns(), summarise(run, {.warmup = 1})),
              header + "all,whole," + figures + "road,whole," + figures + "all,steady," + nothing +
                  "road,steady," + nothing);
}

TEST(SavingsCsv, NamesTheRangeAndTheStatus) {
    const std::vector<SavingRow> rows = {
        {.clip = "all",
         .part = Part::steady,
         .scheme = "a",
         .baseline = "b",
         .comparison = compare({{64, 0.5}, {256, 1}}, {{128, 0.5}, {512, 1}}),
         .interval = Interval{0.25, 0.75},
         .comparable = 1,
         .blocks = 12,
         .share = 0.5},
        {.clip = "road",
         .scheme = "a",
         .baseline = "b",
         .comparison = compare({{1, 0.1}}, {{128, 0.5}, {512, 1}})}};
    const std::string text = csv(saving_columns(), rows);
    EXPECT_THAT(text, StartsWith("clip,part,scheme,baseline,saving,accuracy_lo,accuracy_hi,"
                                 "accuracy_gain,cost_lo,cost_hi,points_scheme,points_baseline,"
                                 "status,resource,saving_ci_lo,saving_ci_hi,comparable,blocks,"
                                 "share_of_oracle\n"
                                 "all,steady,a,b,0.5"));
    EXPECT_THAT(text, EndsWith(",128,256,2,2,ok,kbps,0.25,0.75,1,12,0.5\n"
                               "road,whole,a,b,,,,,,,1,2,no overlap in accuracy,kbps,,,0,0,\n"));
    EXPECT_EQ(status_of(rows[0]), "ok");
    SavingRow few = rows[0];
    few.blocks = 9;
    EXPECT_EQ(status_of(few), "few blocks");
}

TEST(AccGradCsv, WritesRawRowsAndTheirAgreement) {
    const std::vector<AccGradRow> rows = {
        {"road", weighted("oneadapt", 0.5), 3, "qp", 20, 22, 0.125, 0}};
    EXPECT_EQ(csv(accgrad_columns(), rows),
              "clip,scheme,weight,segment,knob,from,to,estimate,measured,utility_change\n"
              "road,oneadapt,0.5,3,qp,20,22,0.125,0,\n");
    EXPECT_THAT(csv(agreement_columns(), agreement(rows)),
                StartsWith("scheme,knob,averaged_over,pairs,spearman,equal_sign,measured_zero\n"
                           "oneadapt,all,1,1,,,1\n"));
}

TEST(Json, HasTheColumnsAsKeys) {
    RunResult run;
    run.segments = {segment_row("road", weighted("a", 0.5), 0, 400, 0.9)};
    const auto rows = json_rows(summary_columns(), summarise(run, {}));
    EXPECT_EQ(rows[0]["kbps"], 400);
    EXPECT_EQ(rows[0]["configuration"], "");
    EXPECT_EQ(rows[0].size(), summary_columns().size());
}

}  // namespace
}  // namespace oneadapt
