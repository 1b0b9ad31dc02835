#include <signal.h>

#include <fstream>
#include <regex>

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
using ::testing::HasSubstr;

/// Every task and input, as a user runs it with the shipped models on clips made from tiny scenes.
class InputsTest : public ::testing::Test {
  protected:
    Ran run(const std::string& arguments) { return test::run_program(folder_.path(), arguments); }

    /// A dataset of one clip of two segments; `labels` is what its truth is recorded in.
    void write_street(const std::string& kind, const std::string& labels) {
        auto scene = json::parse(file_text(ONEADAPT_SOURCE_DIR "/datasets/scenes/fixed.json"));
        scene["size"] = {320, 192};
        scene["seconds"] = 2;
        std::ofstream(folder_ / "scene.json") << scene;
        write_dataset({{"name", "tiny"},
                       {"kind", kind},
                       {"file", "tiny.mkv"},
                       {"scene", "scene.json"},
                       {"labels", labels}});
    }
    void write_speech() {
        const json scene = {{"name", "tiny"},
                            {"seed", 5},
                            {"seconds", 12},
                            {"digits", {3, 4}},
                            {"noise", json::array({{{"kind", "pink"}, {"snr_db", 20}}})}};
        std::ofstream(folder_ / "scene.json") << scene;
        write_dataset({{"name", "tiny"},
                       {"kind", "audio"},
                       {"file", "tiny.flac"},
                       {"scene", "scene.json"},
                       {"labels", "tiny.json"}});
    }
    void write_dataset(const json& clip) {
        std::ofstream(folder_ / "dataset.json")
            << json{{"name", "tiny"}, {"clips", json::array({clip})}};
    }
    /// Accuracy of the static configuration in a run's summary.
    double accuracy(const std::string& arguments, const std::string& configuration) {
        const Ran ran = run("--dataset dataset.json --scheme static --json --out s " + arguments);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        const json report = test::tables_in(ran.out);
        for (const json& row : report["summary"]) {
            if (row["configuration"] == configuration) return row["accuracy"];
        }
        ADD_FAILURE() << "no row of " << configuration;
        return -1;
    }
    /// Cold on one thread, killed on two and gone on with, and offline yield the same bytes.
    void is_repeatable(const std::string& arguments) {
        const std::string all = "--dataset dataset.json --weights 1,10 " + arguments;
        ASSERT_EQ(run(all + " --jobs 1 --trace a.trace --out cold").exit_code, 0);
        const pid_t child = test::start_program(folder_.path(), all + " --jobs 2", 20'000);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        ASSERT_EQ(run(all + " --jobs 2 --trace t.trace --out resumed").exit_code, 0);
        ASSERT_EQ(run(all + " --trace a.trace --offline --out offline").exit_code, 0);
        for (const char* file : {"segments.csv", "summary.csv", "savings.csv", "accgrad.csv"}) {
            const std::string cold = file_text(folder_ / "cold" / file);
            EXPECT_FALSE(cold.empty());
            EXPECT_EQ(cold, file_text(folder_ / "resumed" / file)) << file;
            EXPECT_EQ(cold, file_text(folder_ / "offline" / file)) << file;
        }
    }
    void shows(const std::string& arguments) {
        const Ran ran = run("show --dataset dataset.json --out shown " + arguments);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        for (const char* file : {"output.png", "dnngrad.png", "difference.png"}) {
            EXPECT_GT(std::filesystem::file_size(folder_ / "shown" / file), 1000U) << file;
        }
    }

    test::TempFolder folder_;
};

TEST_F(InputsTest, SpeechToText) {
    write_speech();
    const std::string task = "--task transcribe --knob sample-rate --values sample-rate=16,4 ";
    EXPECT_GT(accuracy(task + "--score labels", "sample-rate=16"), 0.6);
    is_repeatable(task);
    shows("--task transcribe --configuration sample-rate=8");
}

TEST_F(InputsTest, SpeechToTextThroughOpus) {
    write_speech();
    const std::string task =
        "--task transcribe --knob audio-bitrate,sample-rate --values audio-bitrate=32,8 "
        "--values sample-rate=16,8 ";
    EXPECT_EQ(accuracy(task, "audio-bitrate=32,sample-rate=16"), 1.0);
    is_repeatable(task);
}

TEST_F(InputsTest, Segmentation) {
    write_street("video", "tiny-classes.mkv");
    const std::string task = "--task segment --values qp=20,50 ";
    EXPECT_GT(accuracy(task + "--score labels", "qp=20"), 0.4);
    is_repeatable(task);
    shows("--task segment --configuration qp=40");
}

class GreyInputsTest : public InputsTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(GreyInputsTest, Detection) {
    write_street(GetParam(), "tiny.json");
    const std::string input = std::string("--task detect --input ") + GetParam();
    const std::string task = input + " --values qp=20,50 ";
    EXPECT_GT(accuracy(task + "--score labels", "qp=20"), 0.4);
    is_repeatable(task);
    shows(input + " --configuration qp=40");
}

INSTANTIATE_TEST_SUITE_P(Each, GreyInputsTest, ::testing::Values("infrared", "depth"));

TEST_F(InputsTest, DetectionInPointClouds) {
    write_street("lidar", "tiny.json");
    const std::string task =
        "--task lidar --knob lidar-bits,lidar-points "
        "--values lidar-bits=14,9 --values lidar-points=1,0.25 ";
    EXPECT_GT(accuracy(task + "--score labels", "lidar-bits=14,lidar-points=1"), 0.4);
    is_repeatable(task);
    shows("--task lidar --configuration lidar-bits=9");
}

TEST_F(InputsTest, ValuesByRegion) {
    write_street("video", "tiny.json");
    is_repeatable(
        "--knob macroblock --values macroblock=24,42 "
        "--scheme static,oneadapt,oneadapt-bounded,pixel-difference");
    EXPECT_THAT(file_text(folder_ / "cold/segments.csv"), HasSubstr(",macroblock=42x"));
    shows("--knob macroblock --scheme oneadapt --weights 1 --segment 1");
    EXPECT_GT(std::filesystem::file_size(folder_ / "shown/macroblock.png"), 1000U);
    EXPECT_THAT(run("show --dataset dataset.json --scheme oneadapt,static --weights 1").err,
                HasSubstr("needs one scheme and one weight"));
    EXPECT_THAT(run("show --dataset dataset.json --configuration macroblock=24x7:30").err,
                HasSubstr("has 8 values for frames of 320x192; give one, or 12 rows of 20"));
    EXPECT_THAT(run("--knob qp,macroblock").err, HasSubstr("both set qp"));
}

TEST_F(InputsTest, BitsByTileOfAPointCloud) {
    write_street("lidar", "tiny.json");
    is_repeatable(
        "--task lidar --knob lidar-tiles --values lidar-tiles=14,9 "
        "--scheme static,oneadapt,oneadapt-bounded");
    EXPECT_THAT(file_text(folder_ / "cold/segments.csv"), HasSubstr(",lidar-tiles=9x"));
    shows("--task lidar --configuration lidar-tiles=14x32:9x32");
    EXPECT_GT(std::filesystem::file_size(folder_ / "shown/lidar-tiles.png"), 1000U);
}

TEST_F(InputsTest, KnobsOfDifferentKindsTogether) {
    write_street("video", "tiny.json");
    is_repeatable(
        "--knob qp,resolution,filter-pixel --values qp=20,40 --values resolution=1,0.5 "
        "--values filter-pixel=0,0.1 --scheme oneadapt,oneadapt-bounded,chameleon");
    const std::string notes = file_text(folder_ / "cold/accgrad.csv");
    for (const char* knob : {",qp,", ",resolution,", ",filter-pixel,"}) {
        EXPECT_THAT(notes, HasSubstr(knob)) << "the gradient says something of each";
    }
}

/// The rows of a scheme in a summary, the means over all clips.
std::vector<json> rows_of(const json& report, const std::string& scheme) {
    std::vector<json> rows;
    for (const json& row : report["summary"]) {
        const bool means = row["clip"] == "all" && row["part"] == "whole";
        if (means && row["scheme"] == scheme) rows.push_back(row);
    }
    return rows;
}

TEST_F(InputsTest, SizesOfTheDetector) {
    write_street("video", "tiny.json");
    const std::string task = "--task detect --knob model --weight-gpu 1 ";
    const Ran ran = run("--dataset dataset.json --json --out s " + task +
                        "--scheme static,chameleon,oneadapt-bounded,oracle");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json report = test::tables_in(ran.out);
    const auto sizes = rows_of(report, "static");
    ASSERT_EQ(sizes.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(sizes[i]["configuration"], std::string("model=") + "msn"[i]);
        EXPECT_EQ(sizes[i]["kbps"], sizes[0]["kbps"]);
        EXPECT_EQ(sizes[i]["camera_encodes"], 10);
    }
    EXPECT_EQ(sizes[0]["accuracy"], 1.0);
    EXPECT_GT(sizes[0]["gflop"], 1.3 * sizes[1]["gflop"].get<double>());
    EXPECT_GT(sizes[1]["gflop"], 1.3 * sizes[2]["gflop"].get<double>());
    for (const json& best : rows_of(report, "oracle")) {
        const double objective = best["objective"].get<double>() + 1e-9;
        const double weight = best["weight"];
        for (const json& row : sizes) {
            const double work = row["gflop"].get<double>() / sizes[0]["gflop"].get<double>();
            EXPECT_GE(objective, row["accuracy"].get<double>() - weight * work);
        }
        for (const std::string scheme : {"chameleon", "oneadapt-bounded"}) {
            for (const json& row : rows_of(report, scheme)) {
                if (row["weight"] != weight) continue;
                EXPECT_GE(objective, row["objective"].get<double>()) << scheme;
            }
        }
    }
    for (const json& row : rows_of(report, "oneadapt-bounded")) {
        EXPECT_EQ(row["camera_encodes"], 10) << "neighbours are sent as the same pictures";
    }
    is_repeatable(task);
    shows("--task detect --knob model --configuration model=n");
}

TEST_F(InputsTest, WhatAModelSaidAloneIsFoundAmongItsSizes) {
    write_street("video", "tiny.json");
    const std::string all =
        "--dataset dataset.json --scheme static --values qp=30 --trace t.trace ";
    for (const char* size : {"m", "n"}) {
        const std::string record =
            fmt::format("record --knob qp --model {}/datasets/models/street-{}.pt {}",
                        ONEADAPT_SOURCE_DIR, size, all);
        ASSERT_EQ(run(record).exit_code, 0);
    }
    const Ran both = run("--knob qp,model --values model=m,n --offline --out both " + all);
    EXPECT_EQ(both.exit_code, 0) << both.err;
    EXPECT_EQ(run("--knob qp,model --offline --out three " + all).exit_code, 5)
        << "of size s nothing was recorded";
}

TEST_F(InputsTest, SizesHaveTheNamesOfTheRunMostExpensiveFirst) {
    write_street("video", "tiny.json");
    const auto shipped = std::filesystem::path(ONEADAPT_SOURCE_DIR) / "datasets/models";
    for (const char* end : {".pt", ".json"}) {
        std::filesystem::copy(shipped / fmt::format("street-m{}", end),
                              folder_ / fmt::format("mine-large.v2{}", end));
        std::filesystem::copy(shipped / fmt::format("street-n{}", end),
                              folder_ / fmt::format("mine-7{}", end));
    }
    const std::string all =
        "--dataset dataset.json --scheme static --knob model --trace t.trace --model mine-7.pt ";
    ASSERT_EQ(run(all + "--out own --values model=large.v2,7").exit_code, 0);
    EXPECT_THAT(file_text(folder_ / "own/segments.csv"),
                AllOf(HasSubstr(",model=large.v2,"), HasSubstr(",model=7,")));
    const Ran turned = run(all + "--out turned --values model=7,large.v2");
    EXPECT_EQ(turned.exit_code, 2);
    EXPECT_THAT(turned.err, HasSubstr("size 'large.v2' of the DNN: takes "));
}

TEST_F(InputsTest, OneLineSaysWhatIsWrongWithAFamilyOfModels) {
    const auto refuses = [&](const std::string& arguments, int code, const std::string& message) {
        const Ran ran = run(arguments + " --knob model --out refused");
        EXPECT_EQ(ran.exit_code, code) << arguments << '\n' << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
    };
    const std::string one_size =
        " has one size; use --task detect --input video or --task "
        "transcribe --input audio, or bring sizes of your own";
    refuses("--task segment", 2, "the model shipped for segment on video" + one_size);
    refuses("--task lidar", 2, "the model shipped for lidar on lidar" + one_size);
    refuses("--input depth", 2, "the model shipped for detect on depth" + one_size);
    refuses("--values model=x", 4, "street-x.pt: is missing, or its sidecar is");
    refuses("--values model=../n", 2, "'../n' is not a name");
    refuses("--values model=n,n", 2, "'n' is named twice");
    refuses("--sidecar street.json", 2, "is one file, and knob 'model' needs one for each size");
    const auto shipped = std::filesystem::path(ONEADAPT_SOURCE_DIR) / "datasets/models";
    const auto copy = [&](const std::string& from, const std::string& to) {
        std::filesystem::copy(shipped / from, folder_ / to);
    };
    copy("street-m.pt", "mine-m.pt");
    copy("street-m.json", "mine-m.json");
    copy("street-m.pt", "alone.pt");
    copy("street-m.json", "alone.json");
    refuses("--model alone.pt", 2, "is not a size of a family");
    refuses("--model mine-m.pt", 4, "mine-s.pt: is missing, or its sidecar is");
    copy("street-n.pt", "mine-n.pt");
    std::ofstream(folder_ / "mine-n.json")
        << std::regex_replace(file_text(shipped / "street-n.json"), std::regex("bus"), "tram");
    refuses("--model mine-m.pt --values model=m,n", 4,
            "mine-n.json: key 'classes': is not as in mine-m.json");
}

TEST_F(InputsTest, NonsensePairsAreRefusedWithTheReason) {
    test::write_recording(folder_ / "film.mkv",
                          {.size = {96, 64}, .times_ms = test::constant_rate(10, 10)});
    test::write_wav(folder_ / "short.wav");
    const auto refuses = [&](const std::string& arguments, int code, const std::string& message) {
        const Ran ran = run(arguments + " --out refused");
        EXPECT_EQ(ran.exit_code, code) << arguments << '\n' << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(message)) << arguments;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "refused"));
    };
    refuses("--task transcribe --knob qp", 2, "knob 'qp': means nothing to audio");
    refuses("--task detect --knob sample-rate", 2, "means nothing to video");
    refuses("--task segment --input audio", 2, "choose from video");
    refuses("--task detect --codec opus", 2, "does not encode video");
    refuses("--task transcribe --codec flac --knob audio-bitrate", 2, "no effect on codec flac");
    refuses("--task transcribe --clip film.mkv", 3, "has no sound");
    refuses("--task transcribe --clip short.wav --size 64x64", 2, "means nothing to sound");
    refuses("--task detect --input depth --clip film.mkv", 3, "is not depth");
    write_speech();
    refuses("--task detect --dataset dataset.json", 2, "is of kind audio");
    EXPECT_EQ(run("--task transcribe --clip short.wav --scheme static --out silence").exit_code, 0)
        << "a second of 8-bit silence is a clip";
}

}  // namespace
}  // namespace oneadapt
