#include "dnn/ground_truth.hpp"

#include <cmath>
#include <fstream>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

double mean_accuracy(const GroundTruth& truth, const SegmentInfo& segment, const Output& output) {
    double sum = 0;
    for (std::size_t i = 0; i < output.frames.size(); ++i) {
        sum += truth.accuracy(segment, i, output.frames[i], output.threshold);
    }
    return sum / static_cast<double>(output.frames.size());
}

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

SegmentInfo stretch(double start, int frames, double duration) {
    SegmentInfo info;
    info.frames = frames;
    info.start = {start};
    info.duration = {duration};
    return info;
}

class WordTruthTest : public ::testing::Test {
  protected:
    WordTruthTest() {
        sidecar_.task = "transcribe";
        sidecar_.input_kind = "audio";
        clip_.name = "speech";
        clip_.labels = folder_ / "transcript.json";
    }
    std::unique_ptr<GroundTruth> load(const json& utterances, std::optional<double> seconds = {}) {
        json root = {{"format", "oneadapt-transcript-1"}, {"utterances", utterances}};
        if (seconds) root["seconds"] = *seconds;
        std::ofstream(*clip_.labels) << root;
        return load_truth(clip_, sidecar_, {64000, 1});
    }
    static Output saying(std::vector<std::vector<std::string>> frames) {
        Output output;
        for (auto& words : frames) output.frames.emplace_back().words = std::move(words);
        return output;
    }

    test::TempFolder folder_;
    Sidecar sidecar_;
    ClipSpec clip_;
};

TEST_F(WordTruthTest, AnUtteranceBelongsToTheFrameThatItsMiddleLiesIn) {
    const auto truth = load({{{"start", 0.5}, {"end", 2}, {"text", "one two"}},
                             {{"start", 3.5}, {"end", 5}, {"text", "three four"}}},
                            12);
    const SegmentInfo both = stretch(0, 2, 8);
    EXPECT_EQ(mean_accuracy(*truth, both, saying({{"one", "two"}, {"three", "four"}})), 1.0);
    EXPECT_EQ(mean_accuracy(*truth, both, saying({{"one", "two"}, {"three", "six"}})), 0.75);
    EXPECT_EQ(mean_accuracy(*truth, stretch(8, 1, 4), saying({{}})), 1.0) << "silence";
    SegmentInfo uneven = both;
    uneven.times = {0, 1};
    EXPECT_EQ(mean_accuracy(*truth, uneven, saying({{}, {"one", "two", "three", "four"}})), 1.0);
    clip_.start_s = 4;
    EXPECT_EQ(mean_accuracy(*load({{{"start", 4.5}, {"end", 5}, {"text", "five"}}}),
                            stretch(0, 1, 4), saying({{"five"}})),
              1.0)
        << "counted from the clip's start";
}

TEST_F(WordTruthTest, MustGoAsFarAsTheClip) {
    const json two = {{{"start", 0.5}, {"end", 2}, {"text", "one"}},
                      {{"start", 3.5}, {"end", 5}, {"text", "two"}}};
    const auto refuses = [](const GroundTruth& truth, double seconds, const std::string& message) {
        EXPECT_THAT([&] { truth.check_length(seconds, 4); },
                    ThrowsMessage<InputError>(HasSubstr(message)));
        EXPECT_THAT([&] { mean_accuracy(truth, stretch(seconds - 4, 1, 4), saying({{}})); },
                    ThrowsMessage<InputError>(HasSubstr(message)));
    };
    const auto untold = load(two);
    EXPECT_EQ(mean_accuracy(*untold, stretch(4, 1, 4), saying({{"two"}})), 1.0)
        << "a part of a frame";
    EXPECT_NO_THROW(untold->check_length(8, 4));
    refuses(*untold, 16,
            "transcript.json: ends at 5.00 s, and clip 'speech' goes on to 16.00 s; write down the "
            "rest; if nothing more is said, let its key 'seconds' say how far it goes, or use "
            "--duration 5.00");
    const auto told = load(two, 60);
    EXPECT_EQ(mean_accuracy(*told, stretch(56, 1, 4), saying({{}})), 1.0);
    EXPECT_EQ(mean_accuracy(*told, stretch(60, 1, 4), saying({{}})), 1.0)
        << "rounded into a last frame";
    refuses(*told, 68, "ends at 60.00 s, and clip 'speech' goes on to 68.00 s");
    clip_.start_s = 5;
    EXPECT_THAT([&] { mean_accuracy(*load(two), stretch(4, 1, 4), saying({{}})); },
                ThrowsMessage<InputError>(::testing::EndsWith("say how far it goes")));
}

TEST_F(WordTruthTest, SaysWhatIsWrong) {
    const auto refuses = [&](const json& utterances, const std::string& message) {
        EXPECT_THAT([&] { load(utterances); }, ThrowsMessage<InputError>(HasSubstr(message)));
    };
    refuses({{{"start", 3}, {"end", 2}, {"text", "one"}}}, "utterance 0: is from 3 s to 2 s");
    refuses({{{"start", 3}, {"end", 4}}}, "lacks the key 'text'");
    refuses({{{"start", 3}, {"end", 4}, {"text", "one"}, {"words", 1}}}, "unknown key 'words'");
    for (const double seconds : {-1.0, 1e300}) {
        EXPECT_THAT(
            [&] {
                load({{{"start", 3}, {"end", 4}, {"text", "one"}}}, seconds);
            },
            ThrowsMessage<InputError>(HasSubstr("key 'seconds'")));
    }
    // Two may speak at once.
    EXPECT_NO_THROW(load({{{"start", 1}, {"end", 4}, {"text", "one"}},
                          {{"start", 2}, {"end", 3}, {"text", "two"}}}));
    clip_.labels.reset();
    EXPECT_THAT([&] { load_truth(clip_, sidecar_, {}); },
                ThrowsMessage<InputError>(HasSubstr("has no ground-truth labels")));
}

class ClassTruthTest : public ::testing::Test {
  protected:
    ClassTruthTest() {
        sidecar_.task = "segment";
        sidecar_.input_kind = "video";
        sidecar_.classes = {{1, "road"}, {2, "car"}};
        clip_.name = "street";
        clip_.labels = folder_ / "classes.mkv";
    }
    /// 8x8 maps of one class each, ten a second.
    std::unique_ptr<GroundTruth> load(const std::vector<int>& classes) {
        std::vector<cv::Mat> maps;
        for (const int index : classes) maps.emplace_back(8, 8, CV_8U, cv::Scalar(index));
        maps[0].at<std::uint8_t>(2, 2) = 2;  // the middle of the first cell of a 2x2 grid
        test::write_grey(*clip_.labels, maps, 10);
        return load_truth(clip_, sidecar_, {64, 64});
    }
    static Output seeing(const std::vector<int>& classes) {
        Output output;
        for (const int index : classes) {
            output.frames.emplace_back().classes = cv::Mat(2, 2, CV_8U, cv::Scalar(index));
        }
        return output;
    }

    test::TempFolder folder_;
    Sidecar sidecar_;
    ClipSpec clip_;
};

TEST_F(ClassTruthTest, IsSampledInTheMiddlesOfTheOutputsCellsAtTheNearestTime) {
    const auto truth = load({1, 2, 0});
    EXPECT_EQ(mean_accuracy(*truth, stretch(0.1, 1, 0.1), seeing({2})), 1.0);
    EXPECT_EQ(mean_accuracy(*truth, stretch(0.1, 1, 0.1), seeing({1})), 0.0);
    EXPECT_DOUBLE_EQ(mean_accuracy(*truth, stretch(0, 1, 0.1), seeing({1})), (3.0 / 4 + 0) / 2);
    EXPECT_EQ(mean_accuracy(*truth, stretch(0.2, 1, 0.1), seeing({1})), 1.0)
        << "no class of interest";
}

TEST_F(ClassTruthTest, MustGoAsFarAsTheClip) {
    const auto truth = load({1, 2, 0});
    EXPECT_EQ(mean_accuracy(*truth, stretch(0.3, 1, 0.1), seeing({0})), 1.0) << "rounded";
    EXPECT_THAT(
        [&] {
            mean_accuracy(*truth, stretch(0.3, 2, 0.2), seeing({0, 0}));
        },
        ThrowsMessage<InputError>(
            HasSubstr("classes.mkv: ends at 0.30 s, and clip 'street' goes on to 0.50 s; label the "
                      "rest, or use --duration 0.30")));
    EXPECT_NO_THROW(truth->check_length(1.3, 0.1));
    EXPECT_THAT([&] { truth->check_length(1.6, 0.1); },
                ThrowsMessage<InputError>(HasSubstr("goes on to 1.60 s")));
}

TEST_F(ClassTruthTest, MustBeGrey) {
    test::write_recording(*clip_.labels, {.times_ms = test::constant_rate(3, 10)});
    EXPECT_THAT(
        [&] {
            load_truth(clip_, sidecar_, {64, 64});
        },
        ThrowsMessage<InputError>(HasSubstr("is not a recording of class maps")));
}

class Box3dTruthTest : public ::testing::Test {
  protected:
    Box3dTruthTest() {
        sidecar_.task = "lidar";
        sidecar_.input_kind = "lidar";
        sidecar_.classes = {{1, "car"}};
        clip_.name = "street";
        clip_.labels = folder_ / "boxes.json";
    }
    static json car(double x, double y, double yaw) {
        return {{"class", "car"}, {"center", {x, y, -1}}, {"size", {4, 2, 1.5}}, {"yaw", yaw}};
    }
    std::unique_ptr<GroundTruth> load(const json& frames) {
        std::ofstream(*clip_.labels) << json{{"format", "oneadapt-boxes3d-1"},
                                             {"fps", 10},
                                             {"classes", {"car", "bus"}},
                                             {"frames", frames}};
        return load_truth(clip_, sidecar_, {20000, 1});
    }
    /// Two frames, 0.1 s apart. (Braces alone would make one object of a list with one.)
    static json both(const std::vector<json>& first, const std::vector<json>& second) {
        return std::vector<json>{json(first), json(second)};
    }
    double accuracy(const json& frames, const std::vector<Detection>& first,
                    const std::vector<Detection>& second) {
        Output output;
        output.frames.emplace_back().detections = first;
        output.frames.emplace_back().detections = second;
        return mean_accuracy(*load(frames), stretch(0, 2, 0.2), output);
    }

    test::TempFolder folder_;
    Sidecar sidecar_;
    ClipSpec clip_;
};

TEST_F(Box3dTruthTest, IsTheUprightBoxSeenFromAbove) {
    // 10 m ahead and 5 m to the left: 5 px per metre, the sensor in the middle of the lower edge.
    const Detection along{98, 196, 108, 216, 0.9F, 1};
    const Detection across{93, 201, 113, 211, 0.9F, 1};
    const json frames = both({car(10, 5, 0)}, {car(10, 5, std::numbers::pi / 2)});
    EXPECT_EQ(accuracy(frames, {along}, {across}), 1.0);
    EXPECT_EQ(accuracy(frames, {across}, {along}), 0.0) << "IoU 1/3";
    const float wide = 5 * 3 / std::sqrt(2.0F);  // half of 4 and of 2 m, both at 45 degrees
    const Detection turned{103 - wide, 206 - wide, 103 + wide, 206 + wide, 0.9F, 1};
    const json turned_frames = both({car(10, 5, std::numbers::pi / 4)}, {});
    EXPECT_EQ(accuracy(turned_frames, {turned}, {}), 1.0);
}

TEST_F(Box3dTruthTest, WhatLiesOutsideIsLeftOutAndWhatReachesOutIsCutOff) {
    const json behind = both({car(-1, 0, 0), car(20, 26, 0), car(52, 0, 0)}, {});
    EXPECT_EQ(accuracy(behind, {}, {}), 1.0);
    const Detection cut{123, 241, 133, 256, 0.9F, 1};  // from 3 m ahead to the edge
    EXPECT_EQ(accuracy(both({car(1, 0, 0)}, {}), {cut}, {}), 1.0);
}

TEST_F(Box3dTruthTest, IgnoredObjectsAreNotDemanded) {
    json far = car(10, 5, 0);
    far["ignored"] = true;
    EXPECT_EQ(accuracy(both({far}, {}), {}, {}), 1.0);
    EXPECT_EQ(accuracy(both({far}, {}), {{98, 196, 108, 216, 0.9F, 1}}, {}), 1.0);
}

TEST_F(Box3dTruthTest, MustGoAsFarAsTheClip) {
    const Detection along{98, 196, 108, 216, 0.9F, 1};
    const auto truth = load(both({}, {car(10, 5, 0)}));
    Output found;
    found.frames.emplace_back().detections = {along};
    EXPECT_EQ(mean_accuracy(*truth, stretch(0.1, 1, 0.1), found), 1.0);
    EXPECT_EQ(mean_accuracy(*truth, stretch(0.2, 1, 0.1), found), 1.0)
        << "the nearest, where rounded";
    EXPECT_THAT([&] { mean_accuracy(*truth, stretch(0.3, 1, 0.1), found); },
                ThrowsMessage<InputError>(HasSubstr(
                    "boxes.json: ends at 0.20 s, and clip 'street' goes on to 0.40 s; label the "
                    "rest, or use --duration 0.20")));
    clip_.start_s = 0.1;
    EXPECT_EQ(mean_accuracy(*load(both({}, {car(10, 5, 0)})), stretch(0, 1, 0.1), found), 1.0);
    EXPECT_THAT([&] { load(both({}, {}))->check_length(5, 0.1); },
                ThrowsMessage<InputError>(HasSubstr("goes on to 5.10 s; label the rest, or use "
                                                    "--duration 0.10")));
}

TEST_F(Box3dTruthTest, SaysWhenNoClassIsOfInterest) {
    json bus = car(10, 5, 0);
    bus["class"] = "bus";
    EXPECT_THAT([&] { load(both({bus}, {})); },
                ThrowsMessage<InputError>(HasSubstr("none of the classes bus is one of")));
}

}  // namespace
}  // namespace oneadapt
