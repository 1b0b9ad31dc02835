#include "media/depth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/clip.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(DepthLuma, StepsAreEqualRatios) {
    EXPECT_EQ(depth_luma(500), 16);
    EXPECT_EQ(depth_luma(100), 16) << "nearer than the nearest";
    EXPECT_EQ(depth_luma(0), 235) << "no return";
    EXPECT_LT(depth_luma(65535), 235) << "apart from no return";
    const int step = depth_luma(2000) - depth_luma(1000);
    EXPECT_NEAR(depth_luma(40000) - depth_luma(20000), step, 1);
    for (int depth = 501; depth < 65536; ++depth) {
        ASSERT_GE(depth_luma(static_cast<std::uint16_t>(depth)),
                  depth_luma(static_cast<std::uint16_t>(depth - 1)))
            << depth;
    }
}

TEST(DepthFrame, IsAnI420PictureWithoutColour) {
    cv::Mat depth(4, 6, CV_16UC1, cv::Scalar(3000));
    depth.at<std::uint16_t>(3, 5) = 0;
    const cv::Mat frame = depth_frame(depth);
    EXPECT_EQ(frame.size(), cv::Size(6, 6));
    EXPECT_EQ(frame.at<std::uint8_t>(0, 0), depth_luma(3000));
    EXPECT_EQ(frame.at<std::uint8_t>(3, 5), 235);
    EXPECT_EQ(cv::countNonZero(frame.rowRange(4, 6) != 128), 0);
}

TEST(DepthClip, MustBeSixteenBitGrey) {
    const test::TempFolder folder;
    ClipSpec clip;
    clip.name = "colour";
    clip.kind = "depth";
    clip.file = folder / "colour.mkv";
    test::write_recording(clip.file, {.times_ms = test::constant_rate(3, 10)});
    ReadOptions options;
    options.size_multiple = 2;
    EXPECT_THAT([&] { open_clip(clip, options)->next(); },
                ThrowsMessage<InputError>(
                    HasSubstr("is not depth: its pictures are yuv420p, not 16-bit grey")));
    clip.kind = "infrared";
    EXPECT_EQ(open_clip(clip, options)->next()->frames.size(), 3U);
}

}  // namespace
}  // namespace oneadapt
