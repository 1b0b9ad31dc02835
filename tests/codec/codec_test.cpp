#include "codec/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <future>

#include "support/errors.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const cv::Size kSize(192, 128);

double psnr(const cv::Mat& a, const cv::Mat& b) {
    const double error = cv::norm(a, b, cv::NORM_L2SQR) / static_cast<double>(a.total());
    return 10 * std::log10(255.0 * 255.0 / std::max(error, 1e-9));
}

TEST(KeptFramesTest, TakesTheFirstAndThenEveryStep) {
    EXPECT_THAT(kept_frames(10, 10, 5), ElementsAre(0, 2, 4, 6, 8));
    EXPECT_THAT(kept_frames(10, 10, 2), ElementsAre(0, 5));
    EXPECT_THAT(kept_frames(10, 10, 1), ElementsAre(0));
    EXPECT_THAT(kept_frames(5, 10, 4), ElementsAre(0, 3));
    EXPECT_THAT(kept_frames(3, 10, 30), ElementsAre(0, 1, 2));
    EXPECT_THAT(kept_frames(0, 10, 5), ElementsAre());
}

TEST(KeptFramesTest, AreThoseOfTheirTimes) {
    Segment segment = test::pattern_segment({32, 32}, 6, 10);
    EXPECT_THAT(kept_frames(segment, 5), ElementsAre(0, 2, 4));
    segment.info.times = {0, 0.05, 0.1, 0.15, 0.4, 0.8};
    EXPECT_THAT(kept_frames(segment, 5), ElementsAre(0, 4, 5));
    EXPECT_THAT(kept_frames(segment, 10), ElementsAre(0, 1, 2, 3, 4, 5)) << "as recorded";
}

TEST(KeptFramesTest, FollowsTheClosedForm) {
    for (const int fps : {8, 10, 25, 30}) {
        for (int rate = 1; rate <= fps; ++rate) {
            const auto kept = kept_frames(60, fps, rate);
            ASSERT_EQ(kept.size(), static_cast<std::size_t>(59 * rate / fps + 1));
            for (std::size_t k = 0; k < kept.size(); ++k) {
                // The first frame at or after k/rate seconds.
                EXPECT_EQ(kept[k], (static_cast<int>(k) * fps + rate - 1) / rate);
            }
        }
    }
}

TEST(CodecTableTest, RefusesWhatItDoesNotHave) {
    EXPECT_THROW(find_codec("h263"), UsageError);
    try {
        find_codec("h264").create("turbo");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'turbo': is unknown; choose from ultrafast, "));
    }
}

class VideoCodecTest : public ::testing::TestWithParam<const char*> {
  protected:
    Encoded encode(const std::string& configuration) const {
        return codec_->encode(segment_, Configuration::parse(configuration));
    }

    std::unique_ptr<Codec> codec_ = find_codec(GetParam()).create("veryfast");
    Segment segment_ = test::pattern_segment(kSize, 10);
};

TEST_P(VideoCodecTest, NamesEncoderVersionAndPreset) {
    const std::string identity = codec_->identity();
    EXPECT_THAT(identity, HasSubstr(GetParam() == std::string("h264") ? "x264 - core" : "x265 ("));
    EXPECT_THAT(identity, HasSubstr("Lavc"));
    EXPECT_THAT(identity, HasSubstr("OpenCV 4"));
    EXPECT_THAT(identity, HasSubstr("preset veryfast"));
}

TEST_P(VideoCodecTest, LowQpIsNearlyLossless) {
    const Encoded encoded = encode("qp=4");
    EXPECT_EQ(encoded.sent_size, kSize);
    const auto frames = codec_->decode(encoded);
    ASSERT_EQ(frames.size(), segment_.frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_GT(psnr(frames[i], segment_.frames[i]), 44) << i;
    }
}

TEST_P(VideoCodecTest, BytesFallAsQpRises) {
    std::int64_t previous = std::numeric_limits<std::int64_t>::max();
    for (const char* qp : {"qp=10", "qp=20", "qp=30", "qp=40", "qp=50"}) {
        const Encoded encoded = encode(qp);
        EXPECT_LT(encoded.bytes, previous) << qp;
        previous = encoded.bytes;
        std::int64_t sum = 0;
        for (const auto& packet : encoded.packets) sum += static_cast<std::int64_t>(packet.size());
        EXPECT_EQ(encoded.bytes, sum);
    }
}

TEST_P(VideoCodecTest, KnobsNotInUseAreNeutral) {
    EXPECT_EQ(encode("").packets, encode("bframe-bias=0,framerate=10,qp=20,resolution=1").packets);
}

TEST_P(VideoCodecTest, ResolutionScalesDownAndBack) {
    const Encoded encoded = encode("qp=10,resolution=0.67");
    EXPECT_EQ(encoded.sent_size, cv::Size(128, 86));
    EXPECT_LT(encoded.bytes, encode("qp=10").bytes);
    const auto frames = codec_->decode(encoded);
    EXPECT_EQ(frames.at(0).size(), segment_.frames[0].size());
    EXPECT_GT(psnr(frames[0], segment_.frames[0]), 24);
    EXPECT_EQ(encode("resolution=0.05").sent_size, cv::Size(16, 16));  // the smallest there is
}

TEST_P(VideoCodecTest, FrameRateDropsFrames) {
    const Encoded encoded = encode("framerate=2,qp=4");
    EXPECT_THAT(encoded.kept, ElementsAre(0, 5));
    const auto frames = codec_->decode(encoded);
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_GT(psnr(frames[1], segment_.frames[5]), 44);
}

TEST_P(VideoCodecTest, EncodesTheSameFromManyThreads) {
    const Encoded alone = encode("qp=30,resolution=0.83");
    const auto seen = codec_->decode(alone);
    std::vector<std::future<void>> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.push_back(std::async(std::launch::async, [&] {
            const Encoded mine = encode("qp=30,resolution=0.83");
            EXPECT_EQ(mine.packets, alone.packets);
            const auto frames = codec_->decode(mine);
            for (std::size_t i = 0; i < frames.size(); ++i) {
                EXPECT_EQ(cv::norm(frames[i], seen[i], cv::NORM_INF), 0);
            }
        }));
    }
    for (auto& thread : threads) thread.get();
}

TEST_P(VideoCodecTest, EncodesShortSegments) {
    const Segment one = test::pattern_segment(kSize, 1);
    EXPECT_EQ(codec_->decode(codec_->encode(one, {})).size(), 1U);
}

TEST_P(VideoCodecTest, RefusesKnobValuesOutOfTheEncodersRange) {
    EXPECT_THROW(encode("qp=60"), UsageError);
    EXPECT_NO_THROW(encode("bframe-bias=-100"));
    EXPECT_NO_THROW(encode("bframe-bias=100"));
}

INSTANTIATE_TEST_SUITE_P(All, VideoCodecTest, ::testing::Values("h264", "h265"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace oneadapt
