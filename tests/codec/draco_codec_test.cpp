#include "codec/draco_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Ten sweeps, the one numbered i of 100 (i+1) points but for an empty one at 3.
Segment turns() {
    Segment segment;
    segment.size = {100, 1};
    segment.fps = 10;
    cv::RNG rng(7);
    for (int i = 0; i < 10; ++i) {
        cv::Mat points(i == 3 ? 0 : 100 * (i + 1), 4, CV_32F);
        if (!points.empty()) {
            rng.fill(points, cv::RNG::UNIFORM, 0, 30);
            points.col(3) /= 30;
        }
        segment.frames.push_back(points);
    }
    return segment;
}

std::vector<int> sizes(const std::string& configuration) {
    const auto codec = make_draco("default");
    std::vector<int> rows;
    for (const cv::Mat& frame :
         codec->decode(codec->encode(turns(), Configuration::parse(configuration)))) {
        rows.push_back(frame.rows);
    }
    return rows;
}

TEST(DracoCodec, KnobsDoWhatTheySay) {
    EXPECT_THAT(sizes(""), ElementsAre(100, 200, 300, 0, 500, 600, 700, 800, 900, 1000));
    EXPECT_THAT(sizes("lidar-points=0.1,framerate=5"), ElementsAre(10, 30, 50, 70, 90));
    EXPECT_THAT(sizes("lidar-bits=8,framerate=1"), ElementsAre(100));
    const auto codec = make_draco("default");
    std::int64_t dearer = std::numeric_limits<std::int64_t>::max();
    for (const char* knobs : {"", "lidar-bits=11", "lidar-bits=11,lidar-points=0.5",
                              "lidar-bits=11,lidar-points=0.5,framerate=2"}) {
        const std::int64_t bytes = codec->encode(turns(), Configuration::parse(knobs)).bytes;
        EXPECT_LT(bytes, dearer) << knobs;
        dearer = bytes;
    }
}

TEST(DracoCodec, BytesCountEveryPacket) {
    const Encoded encoded =
        make_draco("default")->encode(turns(), Configuration::parse("framerate=5"));
    EXPECT_THAT(encoded.kept, ElementsAre(0, 2, 4, 6, 8));
    ASSERT_EQ(encoded.packets.size(), 5U);
    std::size_t sum = 0;
    for (const auto& packet : encoded.packets) sum += packet.size();
    EXPECT_EQ(encoded.bytes, static_cast<std::int64_t>(sum));
}

TEST(DracoCodec, IsTheCodecOfPointClouds) {
    EXPECT_EQ(default_codec("lidar", {"lidar-bits", "lidar-points", "framerate"}).name, "draco");
    EXPECT_THAT(make_draco("default")->identity(), HasSubstr("draco 1."));
    EXPECT_THAT([] { make_draco("fast"); },
                ThrowsMessage<UsageError>(HasSubstr("leave --preset out")));
}

}  // namespace
}  // namespace oneadapt
