#include "dnn/sidecar.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

constexpr const char* kGood = R"({
  "task": "detect",
  "input": {"kind": "video", "channels": "BGR", "range": [-1, 1], "size_multiple": 64},
  "output": "boxes_scores",
  "classes": {"0": "person", "2": "car"},
  "score_threshold": 0.35,
  "nms_iou": 0.45,
  "source": "here"
})";

class SidecarTest : public ::testing::Test {
  protected:
    Sidecar load(const std::string& text) const {
        const auto file = folder.path() / "model.json";
        std::ofstream(file) << text;
        return load_sidecar(file);
    }

    /// The good text with one piece replaced.
    static std::string with(const std::string& piece, const std::string& replacement) {
        std::string text = kGood;
        text.replace(text.find(piece), piece.size(), replacement);
        return text;
    }

    void refuses(const std::string& piece, const std::string& replacement,
                 const std::string& message) const {
        EXPECT_THAT([&] { load(with(piece, replacement)); },
                    ThrowsMessage<ModelError>(AllOf(HasSubstr("model.json"), HasSubstr(message))));
    }

    test::TempFolder folder;
};

TEST_F(SidecarTest, ReadsEveryKey) {
    const Sidecar sidecar = load(kGood);
    EXPECT_EQ(sidecar.task, "detect");
    EXPECT_EQ(sidecar.input_kind, "video");
    EXPECT_EQ(sidecar.channels, "BGR");
    EXPECT_EQ(sidecar.range_low, -1);
    EXPECT_EQ(sidecar.range_high, 1);
    EXPECT_EQ(sidecar.size_multiple, 64);
    EXPECT_FALSE(sidecar.fixed_size.has_value());
    EXPECT_EQ(sidecar.output, "boxes_scores");
    EXPECT_THAT(sidecar.classes, UnorderedElementsAre(Pair(0, "person"), Pair(2, "car")));
    EXPECT_EQ(sidecar.score_threshold, 0.35);
    EXPECT_EQ(sidecar.nms_iou, 0.45);
    EXPECT_EQ(sidecar.source, "here");
}

TEST_F(SidecarTest, TakesAFixedSizeAndDefaults) {
    const Sidecar sidecar =
        load(R"({"task": "detect", "input": {"kind": "video", "size": [640, 384]},
                 "output": "torchvision", "classes": {"3": "car"}})");
    EXPECT_EQ(sidecar.fixed_size, cv::Size(640, 384));
    EXPECT_EQ(sidecar.channels, "RGB");
    EXPECT_EQ(sidecar.range_high, 1);
    EXPECT_EQ(sidecar.score_threshold, 0.5);
}

TEST_F(SidecarTest, SoundSaysHowItBecomesAPicture) {
    const auto text = [](const std::string& input) {
        return R"({"task": "transcribe", "input": {"kind": "audio")" + input +
               R"(}, "output": "ctc", "classes": {"1": "one"}})";
    };
    const Sidecar sidecar = load(text(R"(, "rate": 8000, "high_hz": 3900, "mels": 40)"));
    EXPECT_EQ(sidecar.log_mel.rate, 8000);
    EXPECT_EQ(sidecar.log_mel.mels, 40);
    EXPECT_EQ(sidecar.log_mel.hop, 160);
    EXPECT_NE(load(text("")).output_hash(), sidecar.output_hash());
    const auto refuses_input = [&](const std::string& input, const std::string& message) {
        EXPECT_THAT([&] { load(text(input)); }, ThrowsMessage<ModelError>(HasSubstr(message)));
    };
    refuses_input(R"(, "channels": "RGB")", "unknown key 'channels'");
    refuses_input(R"(, "rate": 8000)", "write 0 <= low_hz < high_hz <= 4000, half the rate");
    refuses_input(R"(, "fft": 256)", "'fft': 256 is out of range; write a whole number from 400");
}

TEST_F(SidecarTest, PointsSayHowTheyBecomeAPicture) {
    const auto text = [](const std::string& input) {
        return R"({"task": "lidar", "input": {"kind": "lidar")" + input +
               R"(}, "output": "boxes_scores", "classes": {"1": "car"}})";
    };
    const Sidecar sidecar =
        load(text(R"(, "x": [-8, 56], "y": [-8, 8], "z": [-3, 1], "cell": 0.25)"));
    EXPECT_EQ(sidecar.bev.size(), cv::Size(64, 256));
    EXPECT_EQ(sidecar.bev.z_low, -3);
    EXPECT_NE(load(text("")).output_hash(), sidecar.output_hash());
    const auto refuses_input = [&](const std::string& input, const std::string& message) {
        EXPECT_THAT([&] { load(text(input)); }, ThrowsMessage<ModelError>(HasSubstr(message)));
    };
    refuses_input(R"(, "size": [256, 256])", "unknown key 'size'");
    refuses_input(R"(, "x": [10, 5])", "'x': is [10, 5]; write [low, high] in metres");
    refuses_input(R"(, "y": [0, 5000])", "within 1000 of the sensor");
    refuses_input(R"(, "z": [0])", "'z': is [0]");
    refuses_input(R"(, "cell": 0)", "'cell': 0 m does not divide 51.2 m");
    refuses_input(R"(, "cell": 0.3)", "'cell': 0.3 m does not divide 51.2 m");
    refuses_input(R"(, "cell": 0.01)", "are 1 to 4096 times");
}

TEST_F(SidecarTest, RefusesWhatIsMalformed) {
    refuses("\"task\": \"detect\",", "\"task\": \"detect\"", "is not JSON");
    refuses("\"source\"", "\"sauce\"", "unknown key 'sauce'");
    refuses("\"range\"", "\"ranges\"", "unknown key 'ranges'");
    refuses("\"task\": \"detect\",", "", "lacks the key 'task'");
    refuses("\"output\": \"boxes_scores\",", "", "lacks the key 'output'");
    refuses("0.35", "\"0.35\"", "score_threshold");
}

TEST_F(SidecarTest, RefusesUnknownNamesAndListsTheValidOnes) {
    refuses("\"detect\"", "\"dream\"", "key 'task': is 'dream'; write one of: detect");
    refuses("\"video\"", "\"audio\"", "'kind': is 'audio'; write one of: video");
    refuses("\"BGR\"", "\"YUV\"", "'channels': is 'YUV'; write one of: RGB, BGR");
    refuses("\"boxes_scores\"", "\"yolo\"", "write one of: boxes_scores, torchvision");
}

TEST_F(SidecarTest, RefusesValuesOutOfRange) {
    refuses("[-1, 1]", "[1, 1]", "'range': is [1, 1]; write [low, high]");
    refuses("[-1, 1]", "[1]", "'range': is [1]; write [low, high]");
    refuses("64", "0", "'size_multiple': 0 is out of range; write a whole number from 1 to");
    refuses("\"size_multiple\": 64", "\"size\": [640]", "'size': is [640]; write [width, height]");
    refuses("\"size_multiple\": 64", "\"size\": [641, 384]", "both even");
    refuses("\"size_multiple\": 64", "\"size\": [64, 64], \"size_multiple\": 32", "keep one");
    refuses("0.35", "1",
            "'score_threshold': 1 is out of range; write a number from 0.05 to below 1");
    refuses("0.35", "0.01", "'score_threshold': 0.01 is out of range");
    refuses("0.45", "-0.1", "'nms_iou': -0.1 is out of range; write a number from 0 to below 1");
}

TEST_F(SidecarTest, RefusesClassesThatAreNone) {
    refuses(R"({"0": "person", "2": "car"})", "{}", "at least one class");
    refuses(R"({"0": "person", "2": "car"})", "[\"car\"]", "at least one class");
    refuses("\"2\"", "\"car\"", "'car' is not a class index");
    refuses("\"2\"", "\"-2\"", "'-2' is not a class index");
    refuses("\"2\"", "\"02\"", "'02' is not a class index");
    refuses("\"car\"", "7", "class 2 has no name");
}

TEST_F(SidecarTest, AnAnytimeModelSaysHowManyExitsItHas) {
    EXPECT_EQ(load(kGood).exits, 0);
    EXPECT_EQ(load(with("\"source\"", "\"exits\": 5, \"source\"")).exits, 5);
    refuses("\"source\"", "\"exits\": 1, \"source\"", "'exits': 1 is out of range");
    refuses("\"source\"", "\"exits\": 0, \"source\"", "'exits': 0 is out of range");
}

TEST_F(SidecarTest, MissingFileSaysSo) {
    EXPECT_THAT([&] { load_sidecar(folder.path() / "none.json"); },
                ThrowsMessage<ModelError>(HasSubstr("does not exist")));
}

TEST(SidecarPath, IsBesideTheModel) {
    EXPECT_EQ(sidecar_path("a/b.pt"), "a/b.json");
    EXPECT_EQ(sidecar_path("a/b.torchscript.pt"), "a/b.torchscript.json");
}

TEST_F(SidecarTest, WhatCountsIsKept) {
    EXPECT_FLOAT_EQ(load(kGood).score_floor(), 0.2F);
    for (const char* threshold : {"0.1", "0.15", "0.2", "0.07"}) {
        const Sidecar low = load(with("0.35", threshold));
        EXPECT_FLOAT_EQ(low.score_floor(), static_cast<float>(low.score_threshold));
        EXPECT_LE(static_cast<double>(low.score_floor()), low.score_threshold) << threshold;
    }
}

TEST_F(SidecarTest, OutputHashCoversWhatOutputsDependOn) {
    const Hash128 hash = load(kGood).output_hash();
    EXPECT_EQ(load(with("0.35", "0.4")).output_hash(), hash) << "applied on replay";
    EXPECT_EQ(load(with("here", "there")).output_hash(), hash);
    EXPECT_NE(load(with("0.45", "0.5")).output_hash(), hash);
    EXPECT_NE(load(with("0.35", "0.1")).output_hash(), hash) << "more of it is kept";
    EXPECT_NE(load(with("BGR", "RGB")).output_hash(), hash);
    EXPECT_NE(load(with("[-1, 1]", "[0, 1]")).output_hash(), hash);
    EXPECT_NE(load(with("\"2\"", "\"3\"")).output_hash(), hash);
}

}  // namespace
}  // namespace oneadapt
