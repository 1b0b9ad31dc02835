#include <fstream>
#include <regex>

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

/// Measuring in one place and replaying in another, as a user does it.
class TraceUseTest : public ::testing::Test {
  protected:
    TraceUseTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(24, 10)});
    }
    Ran run(const std::string& arguments) { return test::run_program(folder_.path(), arguments); }
    std::string results(const std::string& file, const std::string& out = "out") {
        return file_text(folder_ / out / file);
    }

    test::TempFolder folder_;
};

TEST_F(TraceUseTest, RecordThenMergeThenOffline) {
    ASSERT_EQ(run("record --clip tiny.mkv --values qp=20,30 --trace a.trace").exit_code, 0);
    ASSERT_EQ(run("record --clip tiny.mkv --values qp=20,40 --trace b.trace").exit_code, 0);
    const Ran merged = run("merge all.trace a.trace b.trace");
    ASSERT_EQ(merged.exit_code, 0) << merged.err;
    const Ran ran =
        run("--clip tiny.mkv --values qp=20,30,40 --scheme static,oracle --offline "
            "--trace all.trace --out out");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    const Ran missing =
        run("--clip tiny.mkv --values qp=20,30,42 --scheme static --offline "
            "--trace all.trace --out some");
    EXPECT_EQ(missing.exit_code, 5);
    EXPECT_THAT(missing.err, HasSubstr("lacks a measurement of clip 'tiny'"));
    const std::string some = file_text(folder_ / "some/summary.csv");
    EXPECT_THAT(some, HasSubstr("all,whole,static,,qp=42,0,1,,,"));
    EXPECT_THAT(some, HasSubstr("all,whole,static,,qp=30,3,0,"));
    EXPECT_EQ(run("--clip tiny.mkv --values qp=42 --scheme static --offline --trace all.trace "
                  "--out none")
                  .exit_code,
              5);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "none"));
}

/// Two cameras whose files have one name, in one trace.
TEST_F(TraceUseTest, ClipsOfOneFileNameAreToldApartByTheirContent) {
    const auto record = [&](const std::string& name, int frames) {
        std::filesystem::create_directories((folder_ / name).parent_path());
        test::write_recording(folder_ / name,
                              {.size = {96, 70}, .times_ms = test::constant_rate(frames, 10)});
    };
    record("north/cam.mkv", 24);
    record("south/cam.mkv", 13);
    const std::string what = " --values qp=20,40 --scheme static --weights 1 ";
    const auto rows = [&](const std::string& arguments, const std::string& trace) {
        const Ran ran = run(arguments + what + "--trace " + trace + " --out out");
        EXPECT_EQ(ran.exit_code, 0) << arguments << '\n' << ran.err;
        return results("segments.csv");
    };
    const std::string north = rows("--clip north/cam.mkv", "north.trace");
    const std::string south = rows("--clip south/cam.mkv", "south.trace");
    EXPECT_NE(north, south);
    for (const char* clip : {"north/cam.mkv", "south/cam.mkv"}) {
        EXPECT_EQ(run("record --trace t.trace --clip " + std::string(clip) + what).exit_code, 0);
    }
    EXPECT_EQ(rows("--offline --clip north/cam.mkv", "t.trace"), north);
    EXPECT_EQ(rows("--offline --clip south/cam.mkv", "t.trace"), south);
    EXPECT_EQ(run("merge all.trace north.trace south.trace").exit_code, 0);
    EXPECT_EQ(rows("--offline --clip south/cam.mkv", "all.trace"), south);

    const std::string both = rows("--offline --clip north/cam.mkv --clip south/cam.mkv", "t.trace");
    const auto named = [](std::string text, const std::string& name) {
        return std::regex_replace(text, std::regex("(^|\n)cam,"), "$1" + name + ",");
    };
    const std::string header = north.substr(0, north.find('\n') + 1);
    EXPECT_EQ(both, named(north, "north/cam") + named(south, "south/cam").substr(header.size()));

    const auto says = [&](const std::string& arguments, const std::string& message) {
        const Ran ran = run("--offline --trace t.trace --out none" + what + arguments);
        EXPECT_EQ(ran.exit_code, 5) << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(message));
    };
    std::filesystem::remove(folder_ / "north/cam.mkv");
    says("--clip north/cam.mkv", "knows 2 files named 'cam'");
    record("north/cam.mkv", 17);
    says("--clip north/cam.mkv", "clip 'cam' was not north/cam.mkv when it was recorded");
    says("--clip tiny.mkv", "clip 'tiny' was never recorded");
    EXPECT_EQ(rows("--offline --clip south/cam.mkv", "t.trace"), south);
    std::filesystem::rename(folder_ / "south/cam.mkv", folder_ / "roof.mkv");
    EXPECT_EQ(rows("--offline --clip roof.mkv", "t.trace"), named(south, "roof"));
}

TEST_F(TraceUseTest, ModelsOfOneFileNameAreToldApartByTheirContent) {
    const std::filesystem::path models = ONEADAPT_SOURCE_DIR "/datasets/models";
    const auto copy = [&](const std::string& from, const std::string& to) {
        std::filesystem::create_directories(folder_ / to);
        for (const char* extension : {".pt", ".json"}) {
            std::filesystem::copy(models / (from + extension),
                                  folder_ / to / (std::string("mine") + extension));
        }
    };
    copy("street-n", "a");
    copy("street-s", "b");
    const std::string what = "--clip tiny.mkv --values qp=20 --scheme static --trace t.trace ";
    ASSERT_EQ(run(what + "--model a/mine.pt --out a.out").exit_code, 0);
    std::filesystem::rename(folder_ / "a/mine.pt", folder_ / "a/away.pt");
    EXPECT_EQ(run(what + "--model a/mine.pt --offline --out again").exit_code, 0);
    EXPECT_EQ(results("summary.csv", "again"), results("summary.csv", "a.out"));
    ASSERT_EQ(run(what + "--model b/mine.pt --out b.out").exit_code, 0);
    EXPECT_NE(results("summary.csv", "b.out"), results("summary.csv", "a.out"));
    const Ran ran = run(what + "--model a/mine.pt --offline --out none");
    EXPECT_EQ(ran.exit_code, 5);
    EXPECT_THAT(ran.err,
                HasSubstr("has measurements with several models of one name, model/mine.pt"));
    std::filesystem::rename(folder_ / "a/away.pt", folder_ / "a/mine.pt");
    EXPECT_EQ(run(what + "--model a/mine.pt --offline --out again").exit_code, 0);
    EXPECT_EQ(results("summary.csv", "again"), results("summary.csv", "a.out"));
}

TEST_F(TraceUseTest, WhatIsRecordedIsWhatARunNeeds) {
    const std::string what = "--clip tiny.mkv --values qp=20,40 --weights 1 --trace rec.trace ";
    ASSERT_EQ(run("record " + what).exit_code, 0);
    EXPECT_EQ(run(what + "--offline --out offline").exit_code, 0);
    EXPECT_EQ(run(what + "--idle-power 0 --out idle").exit_code, 0);
    EXPECT_TRUE(file_text(folder_ / "offline/segments.csv") ==
                file_text(folder_ / "idle/segments.csv"));
    const auto says = [&](const std::string& arguments, const std::string& message) {
        const Ran ran = run(arguments + what);
        EXPECT_EQ(ran.exit_code, 2) << arguments;
        EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
    };
    for (const char* device : {"gpu ", "cuda:x ", "cuda:-1 "}) {
        says(std::string("--device ") + device, "choose from cpu, cuda, cuda:N");
    }
    says("show --acts --scheme static ", "plays a row for each configuration");
    says("show --acts --scheme oneadapt --configuration qp=20 ", "that no scheme played");
}

}  // namespace
}  // namespace oneadapt
