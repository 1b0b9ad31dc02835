#include "report/page.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/results.hpp"
#include "rows.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// Two segments under a scheme, one of which failed, and under two static configurations.
RunResult two_segments() {
    const CellId adapting = weighted("mine", 0.5);
    RunResult run;
    run.segments = {segment_row("road", adapting, 0, 400, 0.91237),
                    failed_row("road", adapting, 1, "a \"broken\" </script>, thing")};
    run.segments[0].configuration = "macroblock=24x2:36x2";
    for (const char* qp : {"qp=20", "qp=30"}) {
        for (const int segment : {0, 1}) {
            run.segments.push_back(segment_row("road", fixed(qp), segment, 800, 0.5));
        }
    }
    run.accgrad = {{.clip = "road",
                    .cell = adapting,
                    .segment = 0,
                    .knob = "qp",
                    .from = 20.0,
                    .to = 30.0,
                    .estimate = 12.5,
                    .measured = 0.25}};
    return run;
}

class Page : public ::testing::Test {
  public:
    test::TempFolder folder;
    fs::path out = folder.path() / "mine";

    void SetUp() override {
        ResultOptions options;
        options.manifest = {{"knobs", {{"macroblock", {24, 36}}, {"qp", {20, 30}}}},
                            {"command_line", "oneadapt-sim --quiet"}};
        write_results(out, two_segments(), options);
    }

    std::string page() const {
        std::ostringstream text;
        write_page(text, {read_results(out)});
        return text.str();
    }
    json data() const {
        const std::string text = page();
        const std::string begin = R"(<script type="application/json" id="data">)";
        const std::size_t at = text.find(begin) + begin.size();
        return json::parse(text.substr(at, text.find("</script>", at) - at));
    }
    void overwrite(const char* name, const std::string& text) const {
        std::ofstream(out / name) << text;
    }
};

TEST_F(Page, HoldsEachCellOfAClipSegmentBySegment) {
    const json run = data().at(0);
    EXPECT_EQ(run.at("name"), "mine");
    EXPECT_EQ(run.at("knobs"), json({"macroblock", "qp"}));
    ASSERT_THAT(run.at("cells"), SizeIs(3));
    const json& mine = run["cells"][0];
    EXPECT_EQ(mine["scheme"], "mine");
    EXPECT_EQ(mine["weight"], 0.5);
    EXPECT_EQ(mine["bytes"], json({50000, nullptr}));
    EXPECT_EQ(mine["accuracy"], json({9124, nullptr}));
    EXPECT_EQ(mine["delay"], json({250, nullptr}));
    EXPECT_EQ(mine["failed"], json({{"1", "error: a \"broken\" </script>, thing"}}));
    EXPECT_EQ(run["cells"][1]["fixed"], "qp=20");
    EXPECT_EQ(run["cells"][2]["fixed"], "qp=30");
    EXPECT_EQ(run["cells"][2]["bytes"], json({100000, 100000}));
}

TEST_F(Page, TellsRegionsByTheirMeanAndSharesConfigurations) {
    const json run = data().at(0);
    const std::size_t regional = run["cells"][0]["configuration"][0];
    EXPECT_EQ(run["values"][regional], json({30.0, nullptr}));
    const json& of_static = run["cells"][1]["configuration"];
    EXPECT_EQ(of_static[0], of_static[1]);
    EXPECT_EQ(run["configurations"][of_static[0].get<std::size_t>()], "qp=20");
    EXPECT_EQ(run["values"][of_static[0].get<std::size_t>()], json({nullptr, 20.0}));
}

TEST_F(Page, DrawsFrontiersAsSavingsAreBetweenThem) {
    const auto hull = [&](const json& knobs, const char* lines) {
        overwrite("manifest.json", json({{"knobs", knobs}, {"spec", {{"lines", lines}}}}).dump());
        return data().at(0).at("hull");
    };
    const json one = {{"qp", {20, 30}}};
    const json two = {{"framerate", {10, 5}}, {"qp", {20, 30}}};
    EXPECT_EQ(hull(one, "auto"), false);
    EXPECT_EQ(hull(two, "auto"), true);
    EXPECT_EQ(hull(one, "hull"), true);
    EXPECT_EQ(hull(two, "straight"), false);
}

TEST_F(Page, HoldsPointsAndEstimatesAsTheTablesHaveThem) {
    const json run = data().at(0);
    EXPECT_EQ(run["estimates"],
              json::array({{"road", "mine", 0.5, 0, "qp", "20", "30", 12.5, 2500, ""}}));
    int whole = 0;
    for (const json& point : run["points"]) {
        if (point["fixed"] != "qp=20" || point["part"] != "whole" || point["clip"] != "road") {
            continue;
        }
        ++whole;
        EXPECT_EQ(point["kbps"], 800.0);
        EXPECT_EQ(point["accuracy"], 0.5);
        EXPECT_EQ(point["segments"], 2.0);
    }
    EXPECT_EQ(whole, 1);
}

TEST_F(Page, CellsOfSeveralConstraintsStayApart) {
    RunResult run;
    for (const double accuracy : {0.8, 0.9}) {
        const CellId cell{.scheme = "alert",
                          .goal = {.deadline = SimSeconds{0.06}, .min_accuracy = accuracy}};
        for (const int segment : {0, 1}) {
            run.segments.push_back(segment_row("road", cell, segment, 100 * accuracy, accuracy));
        }
    }
    run.segments.push_back(segment_row("road", {.scheme = "free-profiler"}, 0, 100, 0.5));
    write_results(out, run, {});
    const json told = data().at(0);
    ASSERT_THAT(told.at("cells"), SizeIs(3));
    EXPECT_EQ(told["cells"][1]["constraints"], "deadline_s=0.06,min_accuracy=0.9");
    EXPECT_EQ(told["cells"][1]["bytes"], json({11250, 11250}));
    EXPECT_EQ(told["points"][0]["constraints"], "deadline_s=0.06,min_accuracy=0.8");
    EXPECT_EQ(told["knowing"], json({"free-profiler"}));
}

TEST_F(Page, NeedsNothingBesideItself) {
    const std::string text = page();
    EXPECT_THAT(text, AllOf(HasSubstr("Chart.js"), HasSubstr("MIT licence"), Not(HasSubstr("{{")),
                            Not(HasSubstr("src=")), Not(HasSubstr("href="))));
}

TEST_F(Page, SaysWhatIsWrongWithATable) {
    const auto reading = [&] { read_results(out); };
    overwrite("savings.csv", "clip,part\nroad,whole\n");
    EXPECT_THAT(reading,
                ThrowsMessage<InputError>(AllOf(HasSubstr("savings.csv"), HasSubstr("scheme"))));
    overwrite("accgrad.csv",
              "clip,scheme,weight,segment,knob,from,to,estimate,measured\n"
              "road,mine,0.5,0,qp,20,30,much,0.1\n");
    overwrite("savings.csv",
              "clip,part,scheme,baseline,resource,status,saving,saving_ci_lo,saving_ci_hi\n");
    EXPECT_THAT(reading, ThrowsMessage<InputError>(
                             AllOf(HasSubstr("accgrad.csv:2"), HasSubstr("'much' in column "
                                                                         "'estimate'"))));
    fs::remove(out / "segments.csv");
    EXPECT_THAT(reading, ThrowsMessage<InputError>(
                             AllOf(HasSubstr("segments.csv"), HasSubstr("oneadapt-sim run "))));
}

}  // namespace
}  // namespace oneadapt
