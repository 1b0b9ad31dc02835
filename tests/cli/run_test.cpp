#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
using test::file_text;
using test::Ran;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Runs from specs and manifests, as a user does them.
class RunTest : public ::testing::Test {
  protected:
    RunTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(24, 10)});
    }
    Ran run(const std::string& arguments) { return test::run_program(folder_.path(), arguments); }
    void succeeds(const std::string& arguments) {
        const Ran ran = run(arguments);
        ASSERT_EQ(ran.exit_code, 0) << arguments << '\n' << ran.err;
    }
    json manifest(const std::string& out) {
        return json::parse(file_text(folder_ / out / "manifest.json"));
    }
    void expect_equal_results(const std::string& a, const std::string& b) {
        for (const char* file :
             {"segments.csv", "summary.csv", "savings.csv", "accgrad.csv", "agreement.csv"}) {
            EXPECT_EQ(file_text(folder_ / a / file), file_text(folder_ / b / file)) << file;
        }
        EXPECT_FALSE(file_text(folder_ / a / "segments.csv").empty());
    }
    void refuses(const std::string& spec, int code, const std::string& message,
                 const std::string& options = "") {
        test::write_text(folder_ / "bad.json", spec);
        const Ran ran = run("run bad.json --out refused " + options);
        EXPECT_EQ(ran.exit_code, code) << spec << '\n' << ran.err;
        EXPECT_THAT(ran.err, AllOf(StartsWith("oneadapt-sim: "), HasSubstr(message))) << spec;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "refused")) << spec;
    }

    test::TempFolder folder_;
};

const std::string kPlain =
    " --knob qp --values qp=40 --scheme static --preset veryfast --trace t.trace ";

TEST_F(RunTest, RatesAreOfTheTimeThatFramesLast) {
    test::Recording recording{.size = {96, 70}};
    for (int i = 0; i < 30; ++i) recording.times_ms.push_back(40L * i);
    for (int i = 0; i < 60; ++i) recording.times_ms.push_back(1200 + 200L * i / 3);
    for (const std::string file : {"uneven.mkv", "uneven.nut"}) {
        test::write_recording(folder_ / file, recording);
        for (const std::string trace : {"cold", "warm"}) {
            const Ran ran =
                run(fmt::format("--clip {}{}--fps native --json --out {}", file, kPlain, trace));
            ASSERT_EQ(ran.exit_code, 0) << ran.err;
            const json row = test::tables_in(ran.out)["summary"][0];
            EXPECT_EQ(row["segments"], 9);
            const double bits = 9 * 8 * row["uplink_bytes"].get<double>();
            EXPECT_NEAR(row["kbps"].get<double>(), bits / 1000 / 5.2, 0.001 * bits / 1000 / 5.2);
        }
    }
}

TEST_F(RunTest, PausesAreToldAndRefusedWhereTheyAreAbsurd) {
    const auto paused = [&](std::int64_t pause_ms) {
        test::Recording recording{.size = {96, 70}, .times_ms = test::constant_rate(20, 10)};
        for (std::size_t i = 10; i < 20; ++i) recording.times_ms[i] += pause_ms;
        test::write_recording(folder_ / "paused.mkv", recording);
        return run("--clip paused.mkv --quiet --out paused" + kPlain);
    };
    EXPECT_EQ(paused(2000).err, "");
    const Ran told = paused(9000);
    EXPECT_EQ(told.exit_code, 0);
    EXPECT_EQ(told.err,
              "oneadapt-sim: clip 'paused': 8 of 11 segments are copies of the one before: the "
              "recording pauses there, or nothing changes\n");
    EXPECT_EQ(run("--clip paused.mkv --quiet --out paused" + kPlain).err, told.err) << "warm";
    const Ran refused = paused(4'000'000);
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(refused.err, HasSubstr("paused.mkv: has no new picture from 0.90 s to 4001.00 s"));
}

TEST_F(RunTest, AManifestReplaysItsRun) {
    succeeds(
        "--clip tiny.mkv --knob qp,framerate --values qp=20,30,40 --weights 0.1,1,10 --warmup 1 "
        "--scheme oneadapt,static,awstream --set oneadapt.lr=0.05 --link 2 --weight-gpu 0.25 "
        "--duration 2 --preset veryfast --out first");
    const json spec = manifest("first")["spec"];
    EXPECT_EQ(spec["clips"], json({"tiny.mkv"}));
    EXPECT_EQ(spec["values"]["qp"], json({20.0, 30.0, 40.0}));
    EXPECT_EQ(spec["values"]["framerate"].size(), 4U) << "the whole of it, defaults too";
    EXPECT_EQ(spec["settings"]["oneadapt"]["lr"], 0.05);
    EXPECT_EQ(spec["settings"]["oneadapt"]["beta"], 0.5);
    EXPECT_EQ(spec["codec"], "h264");
    EXPECT_FALSE(spec.contains("trace")) << "decides no result";
    succeeds("run first/manifest.json --out again --trace other.trace --jobs 1 --quiet");
    expect_equal_results("first", "again");
    EXPECT_EQ(manifest("again")["spec"], spec);
    std::filesystem::remove(folder_ / "tiny.mkv");
    succeeds("run again/manifest.json --out offline --trace other.trace --offline");
    expect_equal_results("first", "offline");
}

TEST_F(RunTest, AManifestIsNotReplayedWithOtherFiles) {
    namespace fs = std::filesystem;
    const fs::path profile = fs::path(ONEADAPT_SOURCE_DIR) / "datasets/devices/default.json";
    fs::copy_file(profile, folder_ / "device.json");
    test::write_text(folder_ / "link.csv", "seconds,mbps\n0,2\n1,1\n2,0\n");
    succeeds(
        "--clip tiny.mkv --values qp=20,40 --scheme static --link link.csv "
        "--profile device.json --slowdown 2 --out first");
    EXPECT_EQ(manifest("first")["files"].size(), 5U) << manifest("first")["files"].dump();
    succeeds("run first/manifest.json --out again");
    const auto refused = [&](const std::string& file, const std::string& content) {
        const std::string before = test::file_text(folder_ / file);
        test::write_text(folder_ / file, content);
        const Ran ran = run("run first/manifest.json --out changed");
        EXPECT_EQ(ran.exit_code, 3);
        EXPECT_THAT(ran.err, HasSubstr(file + ": is not what it was: its XXH3 is "));
        EXPECT_FALSE(fs::exists(folder_ / "changed"));
        test::write_text(folder_ / file, before);
    };
    refused("link.csv", "seconds,mbps\n0,2\n1,1.5\n2,0\n");
    refused("device.json", test::file_text(profile) + "\n");
    test::write_recording(folder_ / "other.mkv",
                          {.size = {96, 70}, .times_ms = test::constant_rate(13, 10)});
    refused("tiny.mkv", test::file_text(folder_ / "other.mkv"));
    succeeds("run first/manifest.json --clip other.mkv --out other");
    test::write_text(folder_ / "link.csv", "seconds,mbps\n0,2\n1,1.5\n2,0\n");
    test::write_text(folder_ / "spec.json", manifest("first")["spec"].dump());
    succeeds("run spec.json --out other");
}

TEST_F(RunTest, OfflineAManifestMeansTheRecordingThatItWasMadeOf) {
    namespace fs = std::filesystem;
    const auto played = [&](int frames, const std::string& to) {
        test::write_recording(folder_ / "v.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(frames, 10)});
        succeeds("--clip v.mkv --values qp=20,40 --scheme static " + to);
    };
    played(24, "--trace t.trace --out first");
    played(13, "--trace t.trace --out second");
    played(13, "--trace other.trace --out second");
    fs::remove(folder_ / "v.mkv");
    const std::string again = "run first/manifest.json --offline --quiet ";
    succeeds(again + "--trace t.trace --out again");
    expect_equal_results("first", "again");
    EXPECT_EQ(manifest("again")["files"], manifest("first")["files"]);
    const Ran ran = run(again + "--trace other.trace --out none");
    EXPECT_EQ(ran.exit_code, 5);
    EXPECT_THAT(ran.err, HasSubstr("clip 'v' was not v.mkv when it was recorded"));
}

TEST_F(RunTest, ASpecIsWhatTheOptionsSay) {
    test::write_text(folder_ / "mine.json", R"({
        "clips": ["tiny.mkv"], "values": {"qp": [20, 40]}, "schemes": ["oneadapt", "static"],
        "settings": {"oneadapt": {"lr": 0.05}}, "weights": [0.1, 10], "fps": 5})");
    succeeds("run mine.json --out spec");
    succeeds(
        "--clip tiny.mkv --values qp=20,40 --scheme oneadapt,static --set oneadapt.lr=0.05 "
        "--weights 0.1,10 --fps 5 --out options");
    expect_equal_results("spec", "options");
    const Ran table = run("run mine.json --out table --json");
    EXPECT_EQ(test::tables_in(table.out)["summary"].size(), 16U);
}

TEST_F(RunTest, AnOptionBesideASpecOverridesItsField) {
    succeeds(
        "--clip tiny.mkv --values qp=20,40 --weights 0.1,10 --set oneadapt.beta=0.7 --out all");
    succeeds("run all/manifest.json --scheme oneadapt --set oneadapt.lr=0.05 --out one");
    succeeds(
        "--clip tiny.mkv --values qp=20,40 --weights 0.1,10 --set oneadapt.beta=0.7 "
        "--scheme oneadapt --set oneadapt.lr=0.05 --out direct");
    expect_equal_results("one", "direct");
    succeeds("run all/manifest.json --scheme static --knob resolution --out knob");
    EXPECT_EQ(manifest("knob")["spec"]["knobs"], json({"resolution"}));
    EXPECT_FALSE(manifest("knob")["spec"]["values"].contains("qp"));
}

TEST_F(RunTest, RefusesWhatIsNoSpec) {
    refuses("{\n\"task\": \"detect\",\n}", 3, "bad.json:3");
    refuses(R"({"knob": ["qp"]})", 3, "bad.json: has the unknown key 'knob'; valid keys are task");
    refuses(R"({"schemes": ["onedapt"]})", 3,
            "bad.json: key 'schemes': scheme 'onedapt': is unknown; choose from oneadapt");
    refuses(R"({"weights": ["x"]})", 3, "bad.json: key 'weights'[0]");
    refuses(R"({"program": "oneadapt-sim", "spec": {"schemes": ["x"]}})", 3,
            "bad.json: key 'spec': key 'schemes'");
    refuses(R"({"program": "oneadapt-sim"})", 3, "older version");
    refuses(R"({"clips": ["none.mkv"]})", 3, "none.mkv");
    refuses(R"({"schemes": ["static"]})", 2, "names a scheme that does not run",
            "--set oneadapt.lr=1");
    EXPECT_EQ(run("run none.json").exit_code, 3);
    EXPECT_EQ(run("run").exit_code, 2);
}

}  // namespace
}  // namespace oneadapt
