#include "measure/follow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "support/fake_instruments.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt::test {
namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 96;

/// A picture full of corners.
cv::Mat texture() {
    cv::Mat noise(kHeight, kWidth, CV_8UC1);
    cv::RNG random(7);
    random.fill(noise, cv::RNG::UNIFORM, 16, 236);
    cv::GaussianBlur(noise, noise, {7, 7}, 0);
    cv::normalize(noise, noise, 16, 235, cv::NORM_MINMAX);
    return noise;
}

/// That picture turned and stretched round its middle, and moved.
cv::Mat seen(double scale, double right, double down) {
    cv::Mat move = cv::getRotationMatrix2D({kWidth / 2.0F, kHeight / 2.0F}, 0, scale);
    move.at<double>(0, 2) += right;
    move.at<double>(1, 2) += down;
    cv::Mat luma;
    cv::warpAffine(texture(), luma, move, {kWidth, kHeight}, cv::INTER_LINEAR, cv::BORDER_REFLECT);
    cv::Mat frame(kHeight * 3 / 2, kWidth, CV_8UC1, cv::Scalar(128));
    luma.copyTo(frame.rowRange(0, kHeight));
    return frame;
}

class FollowTest : public ::testing::Test {
  protected:
    FollowTest() {
        auto segment = std::make_shared<Segment>();
        segment->size = {kWidth, kHeight};
        segment->fps = 10;
        segment->frames = {seen(1, 0, 0), seen(1, 3, -2), seen(1.1, 0, 0), seen(1, 0, 0)};
        // In the last, what was in one box has moved apart.
        seen(1, 4, 0)(cv::Rect(80, 20, 16, 50))
            .copyTo(segment->frames[3](cv::Rect(80, 20, 16, 50)));
        segment->info = {.index = 0,
                         .frames = 4,
                         .start = {0},
                         .duration = {0.4},
                         .hash = Hasher().add(4).finish()};
        ref_ = {segment->info, [segment]() -> const Segment& { return *segment; }};
    }

    TempFolder folder_;
    Trace trace_{folder_ / "a.trace", Trace::Mode::read_write};
    FakeInstruments fake_;
    SegmentRef ref_;
};

const Detection kBox{40, 30, 72, 62, 0.8F, 3};

TEST_F(FollowTest, ABoxMovesWithItsCorners) {
    Lab lab(ref_, fake_.instruments, trace_);
    const auto followed = lab.take(Follow{{kBox}, 0, 1});
    ASSERT_EQ(followed->boxes.size(), 1U);
    const Detection& box = followed->boxes[0];
    EXPECT_NEAR(box.x1, 43, 0.3);
    EXPECT_NEAR(box.y1, 28, 0.3);
    EXPECT_NEAR(box.x2, 75, 0.3);
    EXPECT_NEAR(box.y2, 60, 0.3);
    EXPECT_EQ(box.score, kBox.score);
    EXPECT_EQ(box.label, kBox.label);
    EXPECT_NEAR(followed->farthest, std::hypot(3, 2), 0.2);
    EXPECT_LT(followed->spread, 0.3);
    EXPECT_GT(followed->gflop, 0);
}

TEST_F(FollowTest, ABoxGrowsAsItsCornersLieApart) {
    Lab lab(ref_, fake_.instruments, trace_);
    const Detection middle{60, 28, 100, 68, 0.8F, 0};
    const Detection box = lab.take(Follow{{middle}, 0, 2})->boxes.at(0);
    EXPECT_NEAR(box.x2 - box.x1, 44, 1);
    EXPECT_NEAR(box.y2 - box.y1, 44, 1);
    EXPECT_NEAR((box.x1 + box.x2) / 2, 80, 0.7);
}

TEST_F(FollowTest, ABoxWhoseCornersPartIsTold) {
    Lab lab(ref_, fake_.instruments, trace_);
    EXPECT_GT(lab.take(Follow{{{64, 24, 96, 64, 1, 0}}, 0, 3})->spread, 1);
    EXPECT_LT(lab.take(Follow{{{8, 24, 40, 64, 1, 0}}, 0, 3})->spread, 0.3);
}

TEST_F(FollowTest, ABoxWithoutCornersStaysAndOneOutsideIsGone) {
    Lab lab(ref_, fake_.instruments, trace_);
    const Detection outside{-40, 10, -20, 30, 1, 0};
    EXPECT_TRUE(lab.take(Follow{{outside}, 0, 1})->boxes.empty());
    EXPECT_TRUE(lab.take(Follow{{}, 0, 1})->boxes.empty());
    Lab flat(fake_segment_ref({.objects = 0}), fake_.instruments, trace_);
    const auto followed = flat.take(Follow{{{10, 10, 20, 20, 1, 0}}, 0, 1});
    EXPECT_EQ(followed->boxes, (std::vector<Detection>{{10, 10, 20, 20, 1, 0}}));
    EXPECT_EQ(followed->farthest, 0);
}

TEST_F(FollowTest, ComesBackFromATraceTheSame) {
    const Followed first = *Lab(ref_, fake_.instruments, trace_).take(Follow{{kBox}, 0, 1});
    const SegmentRef no_media{
        ref_.info, []() -> const Segment& { throw std::logic_error("read from a trace"); }};
    Lab warm(no_media, fake_.instruments, trace_);
    const auto again = warm.take(Follow{{kBox}, 0, 1});
    EXPECT_EQ(again->boxes, first.boxes);
    EXPECT_EQ(again->gflop, first.gflop);
    EXPECT_EQ(again->farthest, first.farthest);
    EXPECT_EQ(again->spread, first.spread);
    Detection other = kBox;
    other.x1 += 1;
    EXPECT_THROW(warm.take(Follow{{other}, 0, 1}), std::logic_error);
    EXPECT_THROW(warm.take(Follow{{kBox}, 0, 2}), std::logic_error);
}

}  // namespace
}  // namespace oneadapt::test
