#include "dnn/class_map.hpp"

#include <gtest/gtest.h>

namespace oneadapt {
namespace {

FrameOutput map_of(std::initializer_list<int> pixels) {
    FrameOutput output;
    output.classes.create(1, static_cast<int>(pixels.size()), CV_8U);
    int column = 0;
    for (const int pixel : pixels) {
        output.classes.at<std::uint8_t>(column++) = static_cast<std::uint8_t>(pixel);
    }
    return output;
}

class MeanIou : public ::testing::Test {
  protected:
    double iou(std::initializer_list<int> result, std::initializer_list<int> reference) const {
        return mean_iou(map_of(result), map_of(reference), Scoring(sidecar_));
    }
    MeanIou() { sidecar_.classes = {{1, "road"}, {2, "car"}, {3, "person"}}; }
    Sidecar sidecar_;
};

TEST_F(MeanIou, AgreesWithTheDefinition) {
    EXPECT_EQ(iou({1, 1, 2, 2}, {1, 1, 2, 2}), 1.0);
    EXPECT_DOUBLE_EQ(iou({1, 1, 1, 2}, {1, 1, 2, 2}), (2.0 / 3 + 1.0 / 2) / 2);
}

TEST_F(MeanIou, AClassThatOneSideAloneShowsScoresZero) {
    EXPECT_DOUBLE_EQ(iou({1, 1, 1, 3}, {1, 1, 1, 1}), (3.0 / 4 + 0) / 2);
    EXPECT_DOUBLE_EQ(iou({1, 1, 1, 1}, {1, 1, 1, 3}), (3.0 / 4 + 0) / 2);
}

TEST_F(MeanIou, PixelsWithoutClassInTheReferenceCountNowhere) {
    EXPECT_EQ(iou({1, 2, 3, 1}, {1, FrameOutput::kNoClass, FrameOutput::kNoClass, 1}), 1.0);
    EXPECT_DOUBLE_EQ(iou({1, FrameOutput::kNoClass}, {1, 1}), 0.5);
    EXPECT_EQ(iou({1, 2}, {FrameOutput::kNoClass, FrameOutput::kNoClass}), 1.0);
}

TEST_F(MeanIou, AFrameThatNothingIsSaidOfHasNoClassAnywhere) {
    const Scoring scoring(sidecar_);
    EXPECT_EQ(mean_iou({}, map_of({1, 2}), scoring), 0.0);
    EXPECT_EQ(mean_iou({}, map_of({FrameOutput::kNoClass}), scoring), 1.0);
}

}  // namespace
}  // namespace oneadapt
