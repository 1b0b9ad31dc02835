#include "codec/audio_codec.hpp"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knobs/knob_space.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int kRate = 16000;

/// Frames of a second each, of a tone that starts after a silence.
Segment tone(int frames, double hz) {
    Segment segment;
    segment.size = {kRate, 1};
    segment.fps = 1;
    for (int f = 0; f < frames; ++f) {
        cv::Mat frame = cv::Mat::zeros(segment.size, CV_32F);
        for (int i = 0; i < kRate; ++i) {
            const double seconds = f + static_cast<double>(i) / kRate;
            if (seconds < 0.25) continue;
            frame.at<float>(i) =
                static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * hz * seconds));
        }
        segment.frames.push_back(std::move(frame));
    }
    return segment;
}

cv::Mat joined(const std::vector<cv::Mat>& frames) {
    cv::Mat sound;
    cv::hconcat(frames, sound);
    return sound;
}

/// Energy of what differs, as a share of the energy there was.
double loss(const Segment& segment, const std::vector<cv::Mat>& decoded) {
    const cv::Mat source = joined(segment.frames);
    return cv::norm(source, joined(decoded), cv::NORM_L2SQR) / cv::norm(source, cv::NORM_L2SQR);
}

std::vector<cv::Mat> through(const Codec& codec, const Segment& segment,
                             const std::string& configuration) {
    return codec.decode(codec.encode(segment, Configuration::parse(configuration)));
}

TEST(AudioCodec, FlacLosesNothingButRounding) {
    const auto codec = make_flac("default");
    const Segment segment = tone(2, 440);
    const auto decoded = through(*codec, segment, "");
    ASSERT_EQ(decoded.size(), 2U);
    EXPECT_EQ(decoded[1].size(), segment.size);
    EXPECT_LT(cv::norm(joined(segment.frames), joined(decoded), cv::NORM_INF), 1.0 / 32768);
}

TEST(AudioCodec, LowerSampleRatesKeepWhatTheyCanCarryInItsPlace) {
    const auto codec = make_flac("default");
    for (const double khz : {16.0, 12.0, 8.0, 6.0, 4.0}) {
        const std::string rate = "sample-rate=" + number_text(khz);
        EXPECT_LT(loss(tone(2, 440), through(*codec, tone(2, 440), rate)), 0.01) << rate;
        const double high = khz * 1000 * 0.6;
        if (khz < 16) {
            EXPECT_GT(loss(tone(1, high), through(*codec, tone(1, high), rate)), 0.9) << rate;
        }
    }
}

TEST(AudioCodec, BytesFollowTheKnobs) {
    Segment noise = tone(2, 440);
    cv::theRNG().state = 7;
    for (cv::Mat& frame : noise.frames) cv::randn(frame, 0.0, 0.1);
    const auto bytes = [&](const Codec& codec, const std::string& configuration) {
        return codec.encode(noise, Configuration::parse(configuration)).bytes;
    };
    const auto flac = make_flac("default");
    EXPECT_NEAR(static_cast<double>(bytes(*flac, "sample-rate=8")) /
                    static_cast<double>(bytes(*flac, "sample-rate=16")),
                0.5, 0.03);
    const auto opus = make_opus("default");
    for (const int kbit : {32, 16, 8}) {
        const std::string rate = "audio-bitrate=" + std::to_string(kbit);
        EXPECT_NEAR(static_cast<double>(bytes(*opus, rate)) * 8 / 2, kbit * 1000, kbit * 350)
            << rate;
    }
}

TEST(AudioCodec, OpusKeepsTheSoundInItsPlace) {
    const auto codec = make_opus("default");
    for (const char* knobs :
         {"audio-bitrate=32", "audio-bitrate=16,sample-rate=8", "audio-bitrate=24,sample-rate=6"}) {
        const Segment segment = tone(2, 440);
        const auto decoded = through(*codec, segment, knobs);
        ASSERT_EQ(decoded.size(), 2U);
        EXPECT_LT(loss(segment, decoded), 0.1) << knobs;
    }
}

TEST(AudioCodec, BytesCountAllThatIsSent) {
    const Encoded encoded = make_opus("default")->encode(tone(1, 440), {});
    std::size_t sum = 0;
    for (const auto& packet : encoded.packets) sum += packet.size();
    EXPECT_EQ(encoded.bytes, static_cast<std::int64_t>(sum));
    EXPECT_EQ(encoded.kept, std::vector{0});
}

TEST(AudioCodec, PresetsMeanNothing) {
    EXPECT_THAT([] { make_opus("medium"); },
                ThrowsMessage<UsageError>(HasSubstr("leave --preset")));
}

TEST(CodecTable, KnobsThatMeanNothingToAMediumAreRefusedWithThoseThatDo) {
    EXPECT_THAT([] { default_codec("audio", {"qp"}); },
                ThrowsMessage<UsageError>(
                    HasSubstr("means nothing to audio; choose from sample-rate, audio-bitrate")));
    EXPECT_EQ(default_codec("audio", {"sample-rate"}).name, "flac");
    EXPECT_EQ(default_codec("audio", {"sample-rate", "audio-bitrate"}).name, "opus");
    EXPECT_EQ(default_codec("video", {}).name, "h264");
    EXPECT_THAT([] { check_codec(find_codec("opus"), "video", {}); },
                ThrowsMessage<UsageError>(HasSubstr("does not encode video; choose from h264")));
    EXPECT_THAT([] { check_codec(find_codec("flac"), "audio", {"audio-bitrate"}); },
                ThrowsMessage<UsageError>(HasSubstr("has no effect on codec flac")));
}

}  // namespace
}  // namespace oneadapt
