#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::file_text;
using test::Ran;
using ::testing::HasSubstr;
using ::testing::Not;

/// Sweeps as a user does them.
class SweepTest : public ::testing::Test {
  protected:
    SweepTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(24, 10)});
        write("spec.json", R"({"name": "rates", "base": {"clips": ["tiny.mkv"],
            "schemes": ["oneadapt", "static"], "weights": [0.1, 1], "preset": "veryfast",
            "values": {"qp": [20, 40]}, "knobs": ["qp"]},
            "axes": [{"link": [1, 2]}, {"settings": [{"oneadapt": {"lr": 0.1}},
                                                     {"oneadapt": {"lr": 0.4}}]}]})");
    }
    void write(const std::string& name, const std::string& text) {
        test::write_text(folder_ / name, text);
    }
    Ran sweep(const std::string& arguments, const std::string& trace = "t.trace") {
        return test::run_program(folder_.path(),
                                 "sweep " + arguments + " --quiet --trace " + trace);
    }
    void succeeds(const std::string& arguments, const std::string& trace = "t.trace") {
        const Ran ran = sweep(arguments, trace);
        ASSERT_EQ(ran.exit_code, 0) << arguments << '\n' << ran.err;
    }
    /// All CSVs of a sweep, by name.
    std::map<std::string, std::string> tables(const std::string& out) {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(folder_ / out)) {
            if (entry.path().extension() != ".csv") continue;
            all[fs::relative(entry.path(), folder_ / out).string()] = file_text(entry.path());
        }
        return all;
    }

    test::TempFolder folder_;
};

TEST_F(SweepTest, CellsAreAsTheirRunsAlone) {
    succeeds("spec.json --out out");
    ASSERT_EQ(tables("out").size(), 4U * 5U + 3U);
    const std::string cell = "out/cells/settings=oneadapt.lr%3D0.4,link=2/";
    const Ran alone = test::run_program(
        folder_.path(), "run '" + cell + "manifest.json' --out alone --trace new.trace --quiet");
    ASSERT_EQ(alone.exit_code, 0) << alone.err;
    for (const char* table : {"segments.csv", "summary.csv", "savings.csv", "accgrad.csv"}) {
        EXPECT_EQ(file_text(folder_ / (cell + table)), file_text(folder_ / "alone" / table));
    }
    EXPECT_THAT(file_text(folder_ / "out/cells.csv"), HasSubstr(",0.4,2,ok,"));
}

TEST_F(SweepTest, FinishedCellsAreNotPlayedAgain) {
    succeeds("spec.json --out out");
    const auto time = [&](const std::string& link) {
        return fs::last_write_time(folder_ / "out/cells" /
                                   ("settings=oneadapt.lr%3D0.1,link=" + link) / "segments.csv");
    };
    const auto before = time("1");
    const auto whole = tables("out");
    fs::remove_all(folder_ / "out/cells/settings=oneadapt.lr%3D0.1,link=2");
    succeeds("spec.json --out out");
    EXPECT_EQ(time("1"), before);
    EXPECT_EQ(tables("out"), whole);
    test::write_recording(folder_ / "tiny.mkv",
                          {.size = {96, 70}, .times_ms = test::constant_rate(30, 10)});
    succeeds("spec.json --out out");
    EXPECT_NE(time("1"), before) << "of another recording";
    fs::remove(folder_ / "tiny.mkv");
    const auto after = time("1");
    succeeds("spec.json --out out --offline");
    EXPECT_EQ(time("1"), after) << "the recording is not needed to know what is finished";
}

TEST_F(SweepTest, ShardsTogetherAreTheWhole) {
    succeeds("spec.json --out whole");
    for (const std::string shard : {"2/3", "0/3", "1/3", "0/3"}) {
        succeeds("spec.json --record --shard " + shard, shard.substr(0, 1) + ".trace");
    }
    const Ran merged = test::run_program(folder_.path(), "merge all.trace 0.trace 1.trace 2.trace");
    ASSERT_EQ(merged.exit_code, 0) << merged.err;
    EXPECT_FALSE(fs::exists(folder_ / "results/runs/rates"));
    for (const std::string shard : {"2/3", "0/3", "1/3", "0/3"}) {
        succeeds("spec.json --offline --out parts --shard " + shard, "all.trace");
        EXPECT_FALSE(fs::exists(folder_ / "parts/cells.csv"));
    }
    succeeds("spec.json --out parts --collect");
    EXPECT_EQ(tables("parts"), tables("whole"));
}

TEST_F(SweepTest, AFailedCellIsARowAndStopsNoOther) {
    write("broken.mkv", "no clip");
    write("spec.json", R"({"name": "clips", "base": {"schemes": ["static"], "weights": [1],
        "knobs": ["qp"], "values": {"qp": [20, 40]}, "preset": "veryfast"},
        "axes": [{"clips": [["broken.mkv"], ["missing.mkv"], ["tiny.mkv"]]}]})");
    const Ran ran = sweep("spec.json --out out");
    EXPECT_EQ(ran.exit_code, 3);
    EXPECT_THAT(ran.err, HasSubstr("cell 'clips=broken.mkv': "));
    const std::string table = file_text(folder_ / "out/cells.csv");
    EXPECT_THAT(table, HasSubstr("clips=broken.mkv,broken.mkv,\"error: broken.mkv: "));
    EXPECT_THAT(table, HasSubstr("clips=missing.mkv,missing.mkv,error: missing.mkv: "));
    EXPECT_THAT(table, HasSubstr("clips=tiny.mkv,tiny.mkv,ok,"));
    fs::copy_file(folder_ / "tiny.mkv", folder_ / "missing.mkv");
    EXPECT_EQ(sweep("spec.json --out out").exit_code, 3);
    EXPECT_THAT(file_text(folder_ / "out/cells.csv"),
                HasSubstr("clips=missing.mkv,missing.mkv,ok,"))
        << "a failed cell is played again";
}

TEST_F(SweepTest, KilledAndGoneOnWithIsTheSame) {
    succeeds("spec.json --out whole", "whole.trace");
    const pid_t child = test::start_program(folder_.path(), "sweep spec.json --out killed", 40'000);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    succeeds("spec.json --out killed");
    EXPECT_EQ(tables("killed"), tables("whole"));
}

TEST_F(SweepTest, TwoAtOnceDoNoHarm) {
    succeeds("spec.json --out whole", "whole.trace");
    const pid_t first = test::start_program(folder_.path(), "sweep spec.json --out both", 10'000);
    succeeds("spec.json --out both");
    int status = -1;
    waitpid(first, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(tables("both"), tables("whole"));
}

TEST_F(SweepTest, ADryRunSaysWhatIsLackingAndDoesNothing) {
    const Ran before = test::run_program(folder_.path(), "sweep spec.json --dry-run");
    EXPECT_EQ(before.exit_code, 0) << before.err;
    EXPECT_THAT(before.out, HasSubstr("link=1: missing; lacks 6 of 6 evaluations"));
    EXPECT_THAT(before.out, HasSubstr("in all 6 of 24 evaluations are lacking"));
    EXPECT_FALSE(fs::exists(folder_ / "results"));
    succeeds("spec.json --out out");
    const Ran after =
        test::run_program(folder_.path(), "sweep spec.json --out out --dry-run --trace t.trace");
    EXPECT_THAT(after.out, HasSubstr("link=1: ok; lacks 0 of 6 evaluations"));
    EXPECT_THAT(after.out, HasSubstr("in all 0 of 24 evaluations are lacking"));
}

TEST_F(SweepTest, RefusesBeforeItBegins) {
    const auto refuses = [&](const std::string& arguments, int code, const std::string& message) {
        const Ran ran = sweep(arguments);
        EXPECT_EQ(ran.exit_code, code) << arguments << '\n' << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(message));
        EXPECT_FALSE(fs::exists(folder_ / "results"));
    };
    refuses("spec.json --shard 4/4", 2, "--shard 4/4: is no part of a whole");
    refuses("spec.json --shard one", 2, "write INDEX/COUNT");
    refuses("none.json", 3, "none.json");
    write("bad.json", R"({"name": "n", "axes": [{"schemes": [["static"], ["statik"]]}]})");
    refuses("bad.json", 3, "statik");
    succeeds("spec.json --out taken");
    write("other.json", R"({"name": "n", "axes": [{"schemes": [["static"], ["oracle"]]}]})");
    refuses("other.json --out taken", 6, "holds a sweep of another experiment");
}

TEST_F(SweepTest, ResultsThatCannotBeWrittenEndIt) {
    succeeds("spec.json --record");
    EXPECT_EQ(sweep("spec.json --out out --collect --shard 0/2").exit_code, 2);
    EXPECT_EQ(sweep("spec.json --out out --collect --dry-run").exit_code, 2);
    const Ran collected = sweep("spec.json --out out --collect");
    EXPECT_EQ(collected.exit_code, 3);
    EXPECT_THAT(collected.err, HasSubstr("oneadapt-sim: out: lacks 4 of 4 cells; sweep them"));
    write("out/cells", "in the way");
    const Ran ran = sweep("spec.json --out out --offline");
    EXPECT_EQ(ran.exit_code, 6);
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    fs::remove(folder_ / "out/cells");
    succeeds("spec.json --out out --offline");
    EXPECT_THAT(file_text(folder_ / "out/cells.csv"), Not(HasSubstr("error")));
}

}  // namespace
}  // namespace oneadapt
