#include "testbed/ground_truth.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

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
    std::unique_ptr<GroundTruth> load(const json& utterances) {
        std::ofstream(*clip_.labels)
            << json{{"format", "oneadapt-transcript-1"}, {"utterances", utterances}};
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
                             {{"start", 3.5}, {"end", 5}, {"text", "three four"}}});
    const SegmentInfo both = stretch(0, 2, 8);
    EXPECT_EQ(truth->accuracy(both, saying({{"one", "two"}, {"three", "four"}})), 1.0);
    EXPECT_EQ(truth->accuracy(both, saying({{"one", "two"}, {"three", "six"}})), 0.75);
    EXPECT_EQ(truth->accuracy(stretch(8, 1, 4), saying({{}})), 1.0) << "silence";
    clip_.start_s = 4;
    EXPECT_EQ(load({{{"start", 4.5}, {"end", 5}, {"text", "five"}}})
                  ->accuracy(stretch(0, 1, 4), saying({{"five"}})),
              1.0)
        << "counted from the clip's start";
}

TEST_F(WordTruthTest, SaysWhatIsWrong) {
    const auto refuses = [&](const json& utterances, const std::string& message) {
        EXPECT_THAT([&] { load(utterances); }, ThrowsMessage<InputError>(HasSubstr(message)));
    };
    refuses({{{"start", 3}, {"end", 2}, {"text", "one"}}}, "utterance 0: is from 3 s to 2 s");
    refuses({{{"start", 3}, {"end", 4}}}, "lacks the key 'text'");
    refuses({{{"start", 3}, {"end", 4}, {"text", "one"}, {"words", 1}}}, "unknown key 'words'");
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
    EXPECT_EQ(truth->accuracy(stretch(0.1, 1, 0.1), seeing({2})), 1.0);
    EXPECT_EQ(truth->accuracy(stretch(0.1, 1, 0.1), seeing({1})), 0.0);
    EXPECT_DOUBLE_EQ(truth->accuracy(stretch(0, 1, 0.1), seeing({1})), (3.0 / 4 + 0) / 2);
    EXPECT_EQ(truth->accuracy(stretch(0.2, 1, 0.1), seeing({1})), 1.0) << "no class of interest";
}

TEST_F(ClassTruthTest, MustBeGrey) {
    test::write_recording(*clip_.labels, {.times_ms = test::constant_rate(3, 10)});
    EXPECT_THAT(
        [&] {
            load_truth(clip_, sidecar_, {64, 64});
        },
        ThrowsMessage<InputError>(HasSubstr("is not a recording of class maps")));
}

}  // namespace
}  // namespace oneadapt
