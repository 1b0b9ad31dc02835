#include "report/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

StoredSegment row(const std::string& scheme, std::optional<double> weight, int segment,
                  const std::string& configuration, double bytes, double accuracy) {
    return {.clip = "road",
            .scheme = scheme,
            .weight = weight,
            .segment = segment,
            .configuration = configuration,
            .uplink_bytes = bytes,
            .accuracy = accuracy,
            .delay_s = 0.2,
            .status = "ok"};
}

StoredRun two_segments() {
    StoredRun run;
    run.folder = "mine";
    for (const int t : {0, 1}) {
        run.segments.push_back(row("static", {}, t, "qp=20", 4000, 1));
        run.segments.push_back(row("static", {}, t, "qp=30", 2000, 0.9));
        run.segments.push_back(row("static", {}, t, "qp=40", 1000, 0.5));
        run.segments.push_back(row("oracle", 0.5, t, "qp=40", 1000, 0.5));
        run.segments.push_back(row("mine", 0.5, t, t == 0 ? "qp=20" : "qp=30", t == 0 ? 4000 : 2000,
                                   t == 0 ? 1 : 0.9));
        run.segments.push_back(row("mine", 2, t, "qp=20", 4000, 1));
    }
    run.estimates = {{.clip = "road",
                      .scheme = "mine",
                      .weight = 0.5,
                      .segment = 0,
                      .knob = "qp",
                      .from = "20",
                      .to = "30",
                      .estimate = 12.5,
                      .measured = 0.1}};
    return run;
}

TEST(Explain, TellsWhatWasPlayedKnownExpectedAndPossible) {
    EXPECT_EQ(explain(two_segments(), {.scheme = "mine", .weight = 0.5, .segment = 1}),
              R"(mine at weight 0.5 in segment 1 of road
It played qp=30: 2.0 kB, accuracy 0.900, last result 0.200 s after its capture
In the segment before it played qp=20: 4.0 kB, accuracy 1.000, last result 0.200 s after its capture
What it had found out in segment 0, of one step to a cheaper value:
  qp from 20 to 30: expected to lose 12.5 (in units of its own), measured to lose 0.100 of accuracy
Static configurations next to it in this segment:
  dearer:  qp=20: 4.0 kB, accuracy 1.000, last result 0.200 s after its capture
  cheaper: qp=40: 1.0 kB, accuracy 0.500, last result 0.200 s after its capture
What others played in it at this weight:
  oracle             qp=40: 1.0 kB, accuracy 0.500, last result 0.200 s after its capture
)");
}

TEST(Explain, TakesTheFirstClipAndSchemeAndTheMiddleWeight) {
    EXPECT_THAT(explain(two_segments(), {}),
                HasSubstr("oracle at weight 0.5 in segment 0 of road"));
    EXPECT_THAT(explain(two_segments(), {.scheme = "mine"}),
                AllOf(HasSubstr("mine at weight 2 in segment 0"), HasSubstr("the first segment")));
}

TEST(Explain, NamesWhatThereIs) {
    const auto refused = [](const Explained& what, const std::string& message) {
        EXPECT_THAT([&] { explain(two_segments(), what); },
                    ThrowsMessage<UsageError>(HasSubstr(message)));
    };
    refused({.clip = "river"}, "choose from road");
    refused({.scheme = "static"}, "choose from oracle, mine");
    refused({.scheme = "mine", .weight = 3}, "choose from 0.5, 2");
    refused({.segment = 2}, "choose from 0 to 1");
}

TEST(Explain, TellsManyRegionsByTheirMeanAndAFailureAsItIs) {
    StoredRun run = two_segments();
    run.segments[4].configuration =
        "macroblock=24:30:24:30:24:30:24:30:24:30:24:30:24:30:24:30:24:30";
    run.segments[10].status = "error: no frame";
    EXPECT_THAT(explain(run, {.scheme = "mine", .weight = 0.5}),
                HasSubstr("It played macroblock 27 in the mean: 4.0 kB"));
    EXPECT_THAT(explain(run, {.scheme = "mine", .weight = 0.5, .segment = 1}),
                HasSubstr("It played nothing: error: no frame\n"));
}

}  // namespace
}  // namespace oneadapt
