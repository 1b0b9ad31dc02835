// Standard streams that are full, closed, or read by nobody: what is lost is said, and what is only
// for people is not missed.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::file_text;
using test::Ran;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kRun = "--clip tiny.mkv --scheme static --values qp=40 --trace t.trace ";

class StreamsTest : public ::testing::Test {
  protected:
    StreamsTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(10, 10)});
    }
    Ran run(const std::string& arguments, const std::string& streams) {
        std::filesystem::remove(folder_ / ".stderr");
        return test::run_program(folder_.path(), arguments, streams + " </dev/null");
    }
    void says_that_it_is_lost(const std::string& arguments, const std::string& stream) {
        const Ran ran = run(arguments, stream + " 2>.stderr");
        EXPECT_EQ(ran.exit_code, 6) << arguments;
        EXPECT_THAT(ran.err, StartsWith("oneadapt-sim: standard output: cannot be written ("))
            << arguments;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    }

    test::TempFolder folder_;
};

TEST_F(StreamsTest, EveryCommandSaysThatWhatItPrintedIsLost) {
    ASSERT_EQ(run(kRun + "--out first", ">.stdout 2>.stderr").exit_code, 0);
    const std::string model = ONEADAPT_SOURCE_DIR "/datasets/models/street-n.pt";
    const std::vector<std::string> commands = {kRun + "--out out",
                                               kRun + "--out json --json",
                                               "record " + kRun,
                                               "merge all.trace t.trace",
                                               "calibrate mine.json --clip tiny.mkv",
                                               "show --out shown --clip tiny.mkv",
                                               "list",
                                               "doctor",
                                               "model check " + model,
                                               "--help",
                                               "record --help",
                                               "--version"};
    for (const std::string& arguments : commands) {
        says_that_it_is_lost(arguments, ">/dev/full");
        says_that_it_is_lost(arguments, ">&-");
    }
    EXPECT_EQ(file_text(folder_ / "first/summary.csv"), file_text(folder_ / "out/summary.csv"))
        << "results are written all the same";
    EXPECT_EQ(run(kRun + "--out quiet --quiet", ">/dev/full 2>.stderr").exit_code, 0)
        << "nothing printed, nothing lost";
}

TEST_F(StreamsTest, WhatIsForPeopleIsNotMissed) {
    for (const std::string stream : {"2>/dev/full", "2>&-"}) {
        const Ran ran = run(kRun + "--out out", ">.stdout " + stream);
        EXPECT_EQ(ran.exit_code, 0) << stream;
        EXPECT_THAT(ran.out, HasSubstr("results in out")) << stream;
        EXPECT_EQ(run("--clip none.mkv", ">.stdout " + stream).exit_code, 3) << stream;
    }
}

TEST_F(StreamsTest, NoFileTakesThePlaceOfAClosedStream) {
    ASSERT_EQ(run(kRun + "--out whole", ">.stdout 2>.stderr").exit_code, 0);
    const Ran ran = test::run_program(folder_.path(), kRun + "--out bare", "<&- >&- 2>&-");
    EXPECT_EQ(ran.exit_code, 6);
    for (const char* file : {"segments.csv", "summary.csv", "savings.csv"}) {
        EXPECT_EQ(file_text(folder_ / "whole" / file), file_text(folder_ / "bare" / file)) << file;
    }
}

/// As other programs do: the signal ends it, and there is nothing to say to anyone.
TEST_F(StreamsTest, AReaderThatLeavesEndsThePrintingAlone) {
    const Ran ran = run(kRun + "--out out", "2>.stderr | true");
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_EQ(ran.err.find("internal error"), std::string::npos);
    EXPECT_NE(file_text(folder_ / "out/summary.csv"), "");
}

}  // namespace
}  // namespace oneadapt
