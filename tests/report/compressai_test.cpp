#include "report/compressai.hpp"

#include <cmath>
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
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

std::string content(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

class CompressAi : public ::testing::Test {
  public:
    test::TempFolder folder;
    fs::path run = folder.path() / "run";
    fs::path out = folder.path() / "theirs";

    void write_run(const nlohmann::json& fps) const {
        RunResult result;
        for (const int segment : {0, 1}) {
            for (const std::string clip : {"road", "yard"}) {
                result.segments.push_back(segment_row(clip, fixed("qp=20"), segment, 800, 0.75));
                result.segments.push_back(segment_row(clip, fixed("qp=30"), segment, 400, 0.5));
                result.segments.push_back(
                    segment_row(clip, weighted("mine", 0.5), segment, 600, 0.75));
                result.segments.push_back(
                    segment_row(clip, weighted("mine", 2), segment, 300, 0.5));
            }
        }
        ResultOptions options;
        options.manifest = {{"spec", {{"fps", fps}, {"segment_frames", 10}}}};
        write_results(run, result, options);
    }
    fs::path summary(const std::string& name, const std::string& rows) const {
        const fs::path file = folder.path() / name;
        std::ofstream(file) << "Dataset,fps,num_of_coded_frame,qp,bitrate (kbps),end_accuracy,"
                               "encode,decode,nn_task\n"
                            << rows;
        return file;
    }
};

TEST_F(CompressAi, HasARowForEachClipAndPointOfAScheme) {
    write_run(10);
    compressai().write(read_results(run), out);
    const std::string header =
        "Dataset,fps,num_of_coded_frame,qp,bitrate (kbps),end_accuracy,encode,decode,nn_task\n";
    EXPECT_EQ(content(out / "static/summary.csv"),
              header +
                  "road,10,20,20,800,75,,,\nroad,10,20,30,400,50,,,\n"
                  "yard,10,20,20,800,75,,,\nyard,10,20,30,400,50,,,\n");
    EXPECT_EQ(content(out / "mine/summary.csv"),
              header +
                  "road,10,20,0,600,75,,,\nroad,10,20,1,300,50,,,\n"
                  "yard,10,20,0,600,75,,,\nyard,10,20,1,300,50,,,\n");
}

TEST_F(CompressAi, ARowSaysWhichConstraintsItIsOf) {
    RunResult result;
    for (const double accuracy : {0.8, 0.9}) {
        const CellId cell{.scheme = "alert",
                          .goal = {.deadline = SimSeconds{0.06}, .min_accuracy = accuracy}};
        result.segments.push_back(segment_row("road", cell, 0, 1000 * accuracy, accuracy));
    }
    ResultOptions options;
    options.manifest = {{"spec", {{"fps", 10}, {"segment_frames", 10}}}};
    write_results(run, result, options);
    compressai().write(read_results(run), out);
    EXPECT_EQ(content(out / "alert/summary.csv"),
              "Dataset,fps,num_of_coded_frame,qp,bitrate (kbps),end_accuracy,encode,decode,nn_task,"
              "constraints\n"
              "road,10,10,0,800,80,,,,\"deadline_s=0.06,min_accuracy=0.8\"\n"
              "road,10,10,1,900,90,,,,\"deadline_s=0.06,min_accuracy=0.9\"\n");
}

TEST_F(CompressAi, ThreeQuartersOfTheRateIsAQuarterLess) {
    write_run(10);
    compressai().write(read_results(run), out);
    const auto rates = bd_rates(out / "static", out / "mine" / "summary.csv");
    ASSERT_THAT(rates, SizeIs(2));
    EXPECT_EQ(rates[0].dataset, "road");
    for (const BdRate& rate : rates) EXPECT_NEAR(rate.percent.value(), -25, 1e-9);
}

TEST_F(CompressAi, ARunWithoutOneRateIsRefused) {
    write_run("native");
    EXPECT_THAT([&] { compressai().write(read_results(run), out); },
                ThrowsMessage<InputError>(HasSubstr("--fps NUMBER")));
}

TEST_F(CompressAi, SaysWhereCurvesDoNotMeetAndWhatIsMissing) {
    const fs::path anchor =
        summary("anchor.csv", "a,30,60,22,100,50,1,1,1\na,30,60,27,50,40,1,1,1\n");
    const fs::path apart =
        summary("apart.csv", "a,30,60,22,100,30,1,1,1\na,30,60,27,50,20,1,1,1\n");
    EXPECT_EQ(bd_rates(anchor, apart).at(0).percent, std::nullopt);
    const fs::path other = summary("other.csv", "b,30,60,22,100,30,1,1,1\n");
    EXPECT_THAT([&] { bd_rates(anchor, other); },
                ThrowsMessage<InputError>(HasSubstr("lacks the dataset 'a'")));
    const fs::path bad = summary("bad.csv", "a,30,60,22,fast,30,1,1,1\n");
    EXPECT_THAT([&] { bd_rates(anchor, bad); },
                ThrowsMessage<InputError>(HasSubstr("bad.csv:2: 'fast' in column")));
}

/// On the hundred pairs of curves of the Python package bjontegaard (see curve_test.cpp).
TEST_F(CompressAi, RatesAreThoseOfThePythonPackage) {
    std::ifstream pairs(ONEADAPT_SOURCE_DIR "/tests/report/bjontegaard.txt");
    std::string line;
    int compared = 0;
    while (std::getline(pairs, line)) {
        if (line.starts_with('#')) continue;
        std::istringstream in(line);
        const auto curve = [&](const std::string& name) {
            std::size_t count = 0;
            in >> count;
            std::ostringstream rows;
            rows.precision(17);
            double rate = 0;
            double quality = 0;
            for (std::size_t i = 0; i < count; ++i) {
                in >> rate >> quality;
                rows << "a,30,60," << i << ',' << rate << ',' << quality << ",,,\n";
            }
            return summary(name, rows.str());
        };
        const fs::path anchor = curve("anchor.csv");
        const fs::path test = curve("test.csv");
        double expected = 0;
        in >> expected;
        EXPECT_NEAR(bd_rates(anchor, test).at(0).percent.value(), expected,
                    1e-6 * std::abs(expected) + 1e-9);
        ++compared;
    }
    EXPECT_EQ(compared, 100);
}

}  // namespace
}  // namespace oneadapt
