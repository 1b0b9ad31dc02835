#include <signal.h>

#include <chrono>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::file_text;
using test::Ran;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

/// A tiny clip beside the program's own model: everything else is what a user gets.
class CliTest : public ::testing::Test {
  protected:
    CliTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(24, 10)});
    }
    Ran run(const std::string& arguments) { return test::run_program(folder_.path(), arguments); }
    std::string results(const std::string& file, const std::string& out = "out") {
        return file_text(folder_ / out / file);
    }
    pid_t start(const std::string& arguments, std::uintmax_t measured_bytes) {
        return test::start_program(folder_.path(), arguments, measured_bytes);
    }
    /// One line, the exit code of its kind, and nothing written.
    void refuses(const std::string& arguments, int code, const std::string& message) {
        const Ran ran = run(arguments + " --out refused --trace refused.trace");
        EXPECT_EQ(ran.exit_code, code) << arguments << '\n' << ran.err;
        EXPECT_THAT(ran.err, StartsWith("oneadapt-sim: ")) << arguments;
        EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "refused")) << arguments;
    }

    test::TempFolder folder_;
};

const std::string kTiny = "--clip tiny.mkv --values qp=20,30,40 --weights 0.1,1,10 ";

TEST_F(CliTest, TheMainJobWritesItsFolderAndPrintsATable) {
    const Ran ran = run(kTiny + "--task detect --knob qp --out out");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("oneadapt-bounded"));
    EXPECT_THAT(ran.out, HasSubstr("results in out"));
    EXPECT_THAT(results("segments.csv"),
                StartsWith("clip,scheme,weight,segment,configuration,uplink_bytes,downlink_bytes,"
                           "kbps,kept_frames,forward_frames,backward_frames,gflop,camera_encodes,"
                           "accuracy,delay_s,energy_j,status"));
    const auto manifest = nlohmann::json::parse(results("manifest.json"));
    EXPECT_EQ(manifest["task"], "detect");
    EXPECT_EQ(manifest["schemes"]["oneadapt"]["lr"], 0.5);
    EXPECT_THAT(manifest["command_line"], HasSubstr("--knob qp"));
    for (const char* file : {"summary.csv", "savings.csv", "accgrad.csv"}) {
        EXPECT_FALSE(results(file).empty()) << file;
    }
}

TEST_F(CliTest, ColdWarmOfflineAndThreadsGiveTheSameBytes) {
    ASSERT_EQ(run(kTiny + "--jobs 1 --trace a.trace --out cold").exit_code, 0);
    ASSERT_EQ(run(kTiny + "--jobs 2 --trace b.trace --out two").exit_code, 0);
    ASSERT_EQ(run(kTiny + "--jobs 2 --trace a.trace --out warm").exit_code, 0);
    std::filesystem::remove(folder_ / "tiny.mkv");
    ASSERT_EQ(run(kTiny + "--offline --trace a.trace --out offline").exit_code, 0);
    for (const char* file : {"segments.csv", "summary.csv", "savings.csv", "accgrad.csv"}) {
        const std::string cold = results(file, "cold");
        EXPECT_FALSE(cold.empty());
        for (const char* other : {"two", "warm", "offline"}) {
            EXPECT_EQ(cold, results(file, other)) << other << '/' << file;
        }
    }
}

TEST_F(CliTest, AClipIsDrawnOnceUnlessItsSceneChanges) {
    auto scene =
        nlohmann::json::parse(file_text(ONEADAPT_SOURCE_DIR "/datasets/scenes/fixed.json"));
    scene["size"] = {96, 64};
    scene["seconds"] = 1;
    const auto write = [&] { std::ofstream(folder_ / "scene.json") << scene; };
    write();
    std::ofstream(folder_ / "dataset.json") << R"({"name": "drawn", "clips": [
        {"name": "corner", "file": "corner.mkv", "scene": "scene.json"}]})";
    const auto says_that_it_draws = [&](const std::string& out) {
        const Ran ran =
            run("--dataset dataset.json --scheme static --values qp=30,50 --out " + out);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        return ran.err.find("of clip 'corner'") != std::string::npos;
    };
    EXPECT_TRUE(says_that_it_draws("first"));
    EXPECT_FALSE(says_that_it_draws("again"));
    EXPECT_EQ(results("segments.csv", "first"), results("segments.csv", "again"));
    scene["seed"] = 77;
    write();
    std::filesystem::last_write_time(
        folder_ / "scene.json",
        std::filesystem::last_write_time(folder_ / "corner.mkv") + std::chrono::seconds(1));
    EXPECT_TRUE(says_that_it_draws("changed"));
    EXPECT_NE(results("segments.csv", "first"), results("segments.csv", "changed"));
}

TEST_F(CliTest, SaysWhyAClipCannotBeDrawn) {
    std::ofstream(folder_ / "scene.json") << R"({"seed": "many"})";
    std::ofstream(folder_ / "dataset.json") << R"({"name": "drawn", "clips": [
        {"name": "corner", "file": "corner.mkv", "scene": "scene.json"}]})";
    const Ran ran = run("--dataset dataset.json --quiet --out out");
    EXPECT_EQ(ran.exit_code, 3);
    EXPECT_THAT(ran.err, HasSubstr("/render-scene scene.json --sensor video --out corner.mkv"));
    EXPECT_THAT(ran.err, HasSubstr("failed: render-scene: scene.json"));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
}

TEST_F(CliTest, KilledInTheMiddleItGoesOnAndYieldsTheSame) {
    ASSERT_EQ(run(kTiny + "--trace whole.trace --out whole").exit_code, 0);
    const auto measured = [&](const std::string& arguments) {
        const std::string out = run("record --scheme static " + arguments + " --trace t.trace").out;
        std::smatch counts;
        const std::regex line(R"((\d+) measurements added, (\d+) in)");
        return std::regex_search(out, counts, line) ? std::stoi(counts[2]) : -1;
    };
    const pid_t child =
        start("record --scheme static --clip tiny.mkv --values qp=20,30,40", 20'000);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    // Nine evaluations are an encoding and an output each, and one counts the DNN's work.
    EXPECT_EQ(measured("--clip tiny.mkv --values qp=20,30,40"), 19);
    ASSERT_EQ(run(kTiny + "--trace t.trace --out out").exit_code, 0);
    EXPECT_EQ(results("segments.csv"), results("segments.csv", "whole"));
}

TEST_F(CliTest, CtrlCEndsWithinASecondAndKeepsWhatWasMeasured) {
    test::write_recording(
        folder_ / "long.mkv",
        {.size = {640, 384}, .times_ms = test::constant_rate(300, 10), .encoder = "libx264"});
    const pid_t child = start("--clip long.mkv --out out", 40'000);
    const auto pressed = std::chrono::steady_clock::now();
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - pressed;
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_LT(took.count(), 1.0);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
    const Ran again = run("record --clip long.mkv --duration 1 --values qp=20 --trace t.trace");
    EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST_F(CliTest, QuietAndJson) {
    const Ran quiet = run(kTiny + "--scheme static --quiet --out out");
    EXPECT_EQ(quiet.exit_code, 0);
    EXPECT_EQ(quiet.out + quiet.err, "");
    const Ran json = run(kTiny + "--scheme static --json --out out");
    EXPECT_EQ(test::tables_in(json.out)["summary"].size(), 12U);
}

TEST_F(CliTest, SeveralKnobsWithOtherValues) {
    const Ran ran =
        run("--clip tiny.mkv --knob qp,resolution,framerate,bframe-bias "
            "--values qp=24,40 --values resolution=1,0.5 --values framerate=10,2 "
            "--values bframe-bias=0,100 --scheme static,oneadapt --weights 1 --out out");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(results("summary.csv"),
                HasSubstr("\"bframe-bias=100,framerate=2,qp=40,resolution=0.5\""));
}

TEST_F(CliTest, ListsEveryTable) {
    const Ran ran = run("list");
    EXPECT_EQ(ran.exit_code, 0);
    for (const char* name : {"detect", "bframe-bias", "h265", "video",
                             "chameleon.variant=published", "oneadapt.lr=0.5"}) {
        EXPECT_THAT(ran.out, HasSubstr(name));
    }
    EXPECT_THAT(ran.out, HasSubstr("macroblock, model, power\n      --input infrared"));
    EXPECT_THAT(ran.out, HasSubstr("audio-bitrate, model, power\n\n"))
        << "the others have one size";
    const Ran schemes = run("list schemes");
    EXPECT_THAT(schemes.out, StartsWith("schemes (--scheme)"));
    EXPECT_THAT(ran.out, HasSubstr(schemes.out));
    EXPECT_THAT(schemes.out, HasSubstr("      claims up to 59 % less bandwidth\n"
                                       "      needs a task whose DNN says where in a frame"));
    EXPECT_THAT(schemes.out, HasSubstr("(see list), --input depth\n"
                                       "      plays detect (depth)\n"));
    EXPECT_THAT(run("show --segment -1").err, HasSubstr("--segment: is -1; give 0 or more"));
    const Ran wrong = run("list scheme");
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("table 'scheme': is unknown; choose from tasks, knobs, "
                                     "codecs, media, schemes, forms"));
    EXPECT_THAT(run("--help").out, HasSubstr("Exit codes"));
    EXPECT_THAT(run("--version").out, HasSubstr("oneadapt-sim 0."));
}

TEST_F(CliTest, DoctorFindsThisMachineFit) {
    const Ran ran = run("doctor");
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("codec h264"));
    EXPECT_THAT(ran.out, Not(HasSubstr("BAD")));
}

TEST_F(CliTest, CalibrateWritesAProfileThatARunTakes) {
    ASSERT_EQ(run("calibrate mine.json --clip tiny.mkv").exit_code, 0);
    const auto profile = nlohmann::json::parse(file_text(folder_ / "mine.json"));
    EXPECT_EQ(profile["name"], "mine");
    EXPECT_GT(profile["forward_s_per_gflop"], 0);
    ASSERT_EQ(profile["dnns"].size(), 1U);
    EXPECT_EQ(profile["dnns"][0]["dnn"], "street-n");
    EXPECT_EQ(profile["dnns"][0]["width"], 96);
    EXPECT_GT(profile["dnns"][0]["seconds"], 0);
    EXPECT_EQ(run(kTiny + "--scheme static --profile mine.json --out out").exit_code, 0);
}

TEST_F(CliTest, CalibrateMeasuresEverySizeAndKeepsWhatItDidNotMeasure) {
    ASSERT_EQ(run("calibrate mine.json --clip tiny.mkv --knob model").exit_code, 0);
    ASSERT_EQ(run("calibrate mine.json --clip tiny.mkv --profile mine.json").exit_code, 0);
    const auto profile = nlohmann::json::parse(file_text(folder_ / "mine.json"));
    std::vector<std::string> names;
    for (const auto& cost : profile["dnns"]) names.push_back(cost["dnn"]);
    EXPECT_THAT(names, UnorderedElementsAre("street-m", "street-s", "street-n"));
}

TEST_F(CliTest, WhatCannotBeWrittenIsSaidBeforeAnythingIsMeasured) {
    test::write_text(folder_ / "thesis.tex", "years of work");
    std::filesystem::create_directories(folder_ / "drawn/output.png");
    const auto refuses_early = [&](const std::string& arguments, int code,
                                   const std::string& message) {
        const Ran ran = run(arguments + " --clip tiny.mkv --values qp=20,30");
        EXPECT_EQ(ran.exit_code, code) << arguments << '\n' << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "t.trace")) << arguments;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "new")) << arguments;
    };
    refuses_early("--out new --trace new/t.trace", 2, "lies in the folder of the results");
    refuses_early("--out new --trace new", 2, "lies in the folder of the results");
    refuses_early("--out new --trace thesis.tex/t.trace", 6, "thesis.tex");
    refuses_early("calibrate none/mine.json --trace t.trace", 6,
                  "none/mine.json: cannot be written");
    refuses_early("calibrate drawn --trace t.trace", 6, "drawn: is not a regular file");
    refuses_early("calibrate thesis.tex --trace t.trace", 6, "is no device profile");
    EXPECT_EQ(file_text(folder_ / "thesis.tex"), "years of work");
    const Ran shown = run("show --clip tiny.mkv --out drawn --trace shown.trace");
    EXPECT_EQ(shown.exit_code, 6);
    EXPECT_THAT(shown.err, HasSubstr("drawn/output.png: is not a regular file"));
    EXPECT_THAT(
        run("record --clip tiny.mkv --values qp=20 --scheme static --trace shown.trace").out,
        HasSubstr("7 measurements added, 7 in"))
        << "nothing was measured before";
}

TEST_F(CliTest, RefusesWrongUsage) {
    refuses("--nonsense", 2, "--nonsense");
    refuses("--seed= --quiet", 2, "--seed=: has no value");
    refuses("--task fly", 2, "choose from detect");
    refuses("--knob qq", 2, "choose from qp");
    refuses("--knob qp --values qp=20,abc", 2, "'abc' is not a number");
    refuses("--knob qp --values qp=99", 2, "out of range");
    refuses("--scheme onedapt", 2, "choose from oneadapt");
    refuses("--set oneadapt.rate=1", 2, "choose from lr");
    refuses("--set oneadapt", 2, "SCHEME.NAME=VALUE");
    refuses("--weights 1,x", 2, "'x' is not a number");
    refuses("--weights -1", 2, "negative");
    refuses("--clip tiny.mkv --device cuda:7", 2, "choose from cpu");
    refuses("--codec av2", 2, "h264");
    refuses("--clip tiny.mkv --preset warp", 2, "medium");
    refuses("--clip tiny.mkv --size 90x90", 2, "--size");
    refuses("--clip tiny.mkv --fps 0", 2, "--fps");
    refuses("--clip tiny.mkv --knob framerate --values framerate=5,1", 2, "framerate");
    refuses("--link -3", 2, "not a rate");
    refuses("--clip tiny.mkv --clip tiny.mkv", 2, "given already");
    refuses("--clip tiny.mkv --clip ./none/../tiny.mkv", 2, "given already");
    std::filesystem::copy(folder_ / "tiny.mkv", folder_ / "all.mkv");
    refuses("--clip tiny.mkv --clip all.mkv", 2, "stands for the mean over all clips");
    EXPECT_EQ(run("record --clip all.mkv --trace all.trace").exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "all.trace")) << "nothing was measured";
    test::write_text(folder_ / "all.json",
                     R"({"name": "d", "clips": [{"name": "all", "file": "tiny.mkv"}]})");
    refuses("--dataset all.json", 2, "stands for the mean over all clips");
}

TEST_F(CliTest, RefusesBadInput) {
    test::write_text(folder_ / "empty.mp4", "");
    test::write_text(folder_ / "text.mp4", "hello, world\n");
    test::write_wav(folder_ / "sound.wav");
    test::write_text(folder_ / "bad.json", "{\n\"name\": 3,\n}");
    test::write_text(folder_ / "keys.json", R"({"name": "x", "clips": [], "colour": 1})");
    test::write_text(folder_ / "bad.csv", "0,5\nx,5\n");
    refuses("--clip none.mp4", 3, "none.mp4");
    refuses("--clip empty.mp4", 3, "empty");
    refuses("--clip text.mp4", 3, "text.mp4");
    refuses("--clip sound.wav", 3, "no video");
    refuses("--clip tiny.mkv --start 100", 3, "tiny.mkv");
    refuses("--dataset bad.json", 3, "bad.json");
    refuses("--dataset keys.json", 3, "colour");
    refuses("--clip tiny.mkv --link bad.csv", 3, "bad.csv:2");
    refuses("--clip tiny.mkv --profile bad.json", 3, "bad.json");
    refuses("--clip tiny.mkv --score labels", 3, "labels");
}

TEST_F(CliTest, RefusesBadModels) {
    test::write_text(folder_ / "junk.pt", "junk");
    test::write_text(folder_ / "junk.json",
                     R"({"task": "detect", "input": {"kind": "video", "channels": "RGB",
                         "range": [0, 1], "size_multiple": 32}, "output": "boxes_scores",
                         "classes": {"0": "car"}, "score_threshold": 0.5, "nms_iou": 0.5})");
    test::write_text(folder_ / "other.json", R"({"task": "segment"})");
    refuses("--clip tiny.mkv --model none.pt", 4, "none.json");
    refuses("--clip tiny.mkv --model junk.pt", 4, "junk.pt");
    refuses("--clip tiny.mkv --model junk.pt --sidecar other.json", 4, "other.json");
    const Ran ran = run("model check junk.pt");
    EXPECT_EQ(ran.exit_code, 4);
    EXPECT_THAT(ran.out, HasSubstr("junk.pt"));
}

TEST_F(CliTest, RefusesBadTracesAndFolders) {
    test::write_text(folder_ / "junk.trace", std::string(5000, 'x'));
    Ran ran = run(kTiny + "--trace junk.trace --out out");
    EXPECT_EQ(ran.exit_code, 5) << ran.err;
    ran = run(kTiny + "--offline --trace none.trace --out out");
    EXPECT_EQ(ran.exit_code, 5) << ran.err;
    test::write_text(folder_ / "file", "");
    ran = run(kTiny + "--out file/out");
    EXPECT_EQ(ran.exit_code, 6) << ran.err;
    std::filesystem::create_directory(folder_ / "mine");
    test::write_text(folder_ / "mine" / "thesis.tex", "precious");
    ran = run(kTiny + "--out mine");
    EXPECT_EQ(ran.exit_code, 6) << ran.err;
    EXPECT_EQ(file_text(folder_ / "mine" / "thesis.tex"), "precious");
}

}  // namespace
}  // namespace oneadapt
