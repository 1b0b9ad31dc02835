#include "codec/frame_filter.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core/utility.hpp>

#include "codec/codec.hpp"
#include "knobs/knob_space.hpp"
#include "support/errors.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

const cv::Size kSize(192, 128);
constexpr int kFrames = 10;
constexpr int kSide = 32;  ///< of a painted square, in pixels

/// A grey I420 frame with bright rectangles.
cv::Mat frame_with(const std::vector<cv::Rect>& bright) {
    cv::Mat frame(kSize.height * 3 / 2, kSize.width, CV_8UC1, cv::Scalar(60));
    for (const cv::Rect& rectangle : bright) frame(rectangle) = 200;
    return frame;
}

/// A square that moves to the right by `step` pixels a frame, at most its side.
Segment moving_square(int step) {
    Segment segment;
    segment.size = kSize;
    segment.fps = 10;
    for (int i = 0; i < kFrames; ++i) {
        segment.frames.push_back(frame_with({{20 + step * i, 40, kSide, kSide}}));
    }
    return segment;
}

double share(double pixels) {
    return pixels / kSize.area();
}

/// What `knob` sees between two frames with these bright rectangles, on one thread as in a replay.
double change(const std::string& knob, const std::vector<cv::Rect>& before,
              const std::vector<cv::Rect>& after) {
    cv::setNumThreads(1);
    const auto& table = feature_table();
    const auto feature = std::ranges::find(table, knob, &FrameFeature::knob);
    const auto luma = [](const cv::Mat& frame) { return frame.rowRange(0, kSize.height); };
    return feature->change(feature->view(luma(frame_with(before))),
                           feature->view(luma(frame_with(after))));
}

std::vector<int> kept(const Segment& segment, const Configuration& configuration) {
    return find_codec("h264").create("ultrafast")->encode(segment, configuration).kept;
}

TEST(FeatureTableTest, EveryFeatureIsAKnobThatEveryVideoCodecObeys) {
    for (const FrameFeature& feature : feature_table()) {
        EXPECT_EQ(find_knob(feature.knob).values.front(), 0) << feature.knob;
        for (const CodecKind& codec : codec_table()) {
            if (!std::ranges::count(codec.media, "video")) continue;
            EXPECT_THAT(codec.knobs, Contains(feature.knob)) << codec.name;
        }
    }
}

TEST(FeatureTest, PixelsOfAMovingSquareAreTwoStripes) {
    for (const int step : {1, 3, kSide}) {
        EXPECT_EQ(change("filter-pixel", {{20, 40, kSide, kSide}}, {{20 + step, 40, kSide, kSide}}),
                  share(2 * step * kSide));
    }
}

TEST(FeatureTest, PixelsCountWhenTheyChangeByMoreThan21) {
    const auto& pixel = feature_table().front();
    const cv::Mat before(kSize, CV_8UC1, cv::Scalar(100));
    EXPECT_EQ(pixel.change(before, cv::Mat(kSize, CV_8UC1, cv::Scalar(121))), 0);
    EXPECT_EQ(pixel.change(before, cv::Mat(kSize, CV_8UC1, cv::Scalar(122))), 1);
    EXPECT_EQ(pixel.change(before, cv::Mat(kSize, CV_8UC1, cv::Scalar(78))), 1);
}

TEST(FeatureTest, AreaIsThatOfTheLargestRegion) {
    const cv::Rect small(20, 20, kSide / 2, kSide / 2);
    const cv::Rect large(100, 60, kSide, kSide);
    const double alone = change("filter-area", {}, {large});
    // A square grows by less than the blur's radius, and by a pixel of dilation, on each side.
    EXPECT_GT(alone, share(kSide * kSide));
    EXPECT_LT(alone, share((kSide + 12) * (kSide + 12)));
    EXPECT_EQ(change("filter-area", {small}, {large}), alone);
    EXPECT_EQ(change("filter-area", {large, small}, {}), alone);
    EXPECT_LT(change("filter-area", {}, {small}), alone);
}

TEST(FeatureTest, EdgesOfAMovedBoundaryAreTwoLines) {
    const cv::Rect before(0, 0, 64, kSize.height);
    const cv::Rect after(0, 0, 80, kSize.height);
    EXPECT_EQ(change("filter-edge", {before}, {after}), share(2 * kSize.height));
    EXPECT_EQ(change("filter-edge", {}, {after}), share(kSize.height));
}

TEST(PassingFramesTest, SumsFromFrameToFrameSinceTheLastThatPassed) {
    EXPECT_THAT(passing_frames({0.5}, {{0.25}, {0.25}, {0.5}, {0}, {0.125}, {0.25}, {0.25}, {0}}),
                ElementsAre(0, 2, 3, 7));
    EXPECT_THAT(passing_frames({0.5}, {}), ElementsAre(0));
}

TEST(PassingFramesTest, AsksAllFeaturesAndClearsAllSums) {
    EXPECT_THAT(passing_frames({0.5, 1}, {{1, 0.5}, {0, 0.5}, {0.25, 2}, {0.25, 0}, {0.5, 0}}),
                ElementsAre(0, 2, 4));
    EXPECT_THAT(passing_frames({0, 1}, {{0, 1}, {0, 0.5}, {0, 0.5}}), ElementsAre(0, 1, 3));
    EXPECT_THAT(passing_frames({0, 0}, {{0, 0}, {0, 0}}), ElementsAre(0, 1, 2));
}

TEST(PassingFramesTest, PassesNoMoreFramesWhenAThresholdRisesYetPerhapsOthers) {
    // Sixteenths, so that sums are exact.
    std::vector<std::vector<double>> changes;
    changes.reserve(60);
    for (int i = 0; i < 60; ++i) changes.push_back({i * i % 7 / 16.0, i * 5 % 11 / 16.0});
    for (int other = 0; other < 24; ++other) {
        std::size_t previous = changes.size() + 1;
        for (int threshold = 0; threshold < 64; ++threshold) {
            const auto passing = passing_frames({threshold / 16.0, other / 16.0}, changes);
            EXPECT_LE(passing.size(), previous) << threshold << " " << other;
            previous = passing.size();
        }
    }
    const std::vector<std::vector<double>> few = {{0.5}, {0.25}, {0.25}, {0.5}};
    EXPECT_THAT(passing_frames({0.5}, few), ElementsAre(0, 1, 3, 4));
    EXPECT_THAT(passing_frames({0.75}, few), ElementsAre(0, 2, 4));
}

TEST(FilterFramesTest, AStillPictureKeepsTheFirstFrameAndZeroKeepsAll) {
    const Segment still = moving_square(0);
    for (const FrameFeature& feature : feature_table()) {
        Configuration configuration;
        configuration.set(feature.knob, 1e-9);
        EXPECT_THAT(kept(still, configuration), ElementsAre(0)) << feature.knob;
        configuration.set(feature.knob, 0);
        EXPECT_EQ(kept(still, configuration), kept(still, {})) << feature.knob;
    }
}

TEST(FilterFramesTest, FrameRateThinsFirst) {
    const Segment segment = moving_square(4);
    Configuration configuration;
    configuration.set("filter-pixel", 4 * share(2 * 4 * kSide));
    EXPECT_THAT(kept(segment, configuration), ElementsAre(0, 4, 8));
    configuration.set("framerate", 5);  // moves by 8 a frame
    EXPECT_THAT(kept(segment, configuration), ElementsAre(0, 4, 8));
    configuration.set("framerate", 3.4);  // frames 0, 3, 6, 9, each by 12
    EXPECT_THAT(kept(segment, configuration), ElementsAre(0, 6));
}

TEST(FilterFramesTest, TakesSegmentsOfAnyLength) {
    const auto configuration = Configuration::parse("filter-area=0.1,filter-edge=0.1");
    Segment segment = moving_square(1);
    EXPECT_THAT(filter_frames(segment, configuration, {}), ElementsAre());
    segment.frames.resize(1);
    EXPECT_THAT(filter_frames(segment, configuration, {0}), ElementsAre(0));
}

TEST(FilterFramesTest, RefusesThresholdsOutOfRange) {
    const Segment segment = moving_square(1);
    for (const FrameFeature& feature : feature_table()) {
        for (const double threshold : {-0.1, 101.0}) {
            Configuration configuration;
            configuration.set(feature.knob, threshold);
            EXPECT_THROW(kept(segment, configuration), UsageError) << configuration.text();
            EXPECT_THROW(KnobSpace::from_names({feature.knob}, {{feature.knob, {threshold}}}),
                         UsageError);
        }
    }
}

TEST(FilterFramesTest, TheServerReceivesWhatWasKept) {
    const Segment segment = test::pattern_segment(kSize, kFrames);
    for (const char* name : {"h264", "h265"}) {
        const auto codec = find_codec(name).create("veryfast");
        const Encoded encoded =
            codec->encode(segment, Configuration::parse("filter-area=0.05,filter-pixel=1,qp=4"));
        EXPECT_GT(encoded.kept.size(), 1U);
        EXPECT_LT(encoded.kept.size(), segment.frames.size());
        const auto frames = codec->decode(encoded);
        ASSERT_EQ(frames.size(), encoded.kept.size());
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const auto source = static_cast<std::size_t>(encoded.kept[i]);
            EXPECT_GT(cv::PSNR(frames[i], segment.frames[source]), 44) << name << " " << i;
        }
    }
}

}  // namespace
}  // namespace oneadapt
