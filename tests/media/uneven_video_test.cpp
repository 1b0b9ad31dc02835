#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "media/clip.hpp"
#include "media/reading.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

/// Recordings whose frames do not follow each other at one rate, and what their headers may ask
/// for.
namespace oneadapt {
namespace {

using test::at_rate;
using test::clip_of;
using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
namespace fs = std::filesystem;

constexpr double kTick = 0.0011;  ///< Matroska's times are whole milliseconds

std::vector<SegmentInfo> segments_of(const ClipSpec& clip, const ReadOptions& options) {
    std::vector<SegmentInfo> segments;
    const auto reader = open_clip(clip, options);
    while (const auto segment = reader->next()) segments.push_back(segment->info);
    return segments;
}

double total_seconds(const std::vector<SegmentInfo>& segments) {
    return std::accumulate(
        segments.begin(), segments.end(), 0.0,
        [](double sum, const SegmentInfo& info) { return sum + info.duration.value; });
}

/// 30 frames in 1.2 s, then 60 in 4 s.
std::vector<std::int64_t> slowing_down() {
    std::vector<std::int64_t> times;
    times.reserve(90);
    for (int i = 0; i < 30; ++i) times.push_back(40L * i);
    for (int i = 0; i < 60; ++i) times.push_back(1200 + 200L * i / 3);
    return times;
}

class UnevenVideoTest : public ::testing::Test {
  protected:
    ClipSpec write(const std::string& name, const test::Recording& recording) const {
        test::write_recording(folder_ / name, recording);
        return clip_of(folder_ / name);
    }
    /// A recording of so many pictures, 64x48 but for what the header says.
    ClipSpec write_y4m(const std::string& header, int pictures = 1) const {
        std::string text = "YUV4MPEG2 " + header + "\n";
        for (int i = 0; i < pictures; ++i) {
            text += "FRAME\n" + std::string(64 * 48 * 3 / 2, static_cast<char>('a' + i));
        }
        test::write_text(folder_ / "a.y4m", text);
        return clip_of(folder_ / "a.y4m");
    }

    test::TempFolder folder_;
};

TEST_F(UnevenVideoTest, ASegmentLastsAsLongAsItsFramesDid) {
    for (const std::string name : {"a.mkv", "a.mp4", "a.nut", "a.ts"}) {
        const bool lossy = name == "a.mp4" || name == "a.ts";
        const ClipSpec clip =
            write(name, {.times_ms = slowing_down(), .encoder = lossy ? "libx264" : "ffv1"});
        const auto segments = segments_of(clip, at_rate(std::nullopt));
        ASSERT_EQ(segments.size(), 9U) << name;
        double start = 0;
        for (const SegmentInfo& info : segments) {
            const double length = info.index < 3 ? 0.4 : 2.0 / 3;
            EXPECT_EQ(info.frames, 10);
            EXPECT_NEAR(info.start.value, start, kTick) << name << info.index;
            EXPECT_NEAR(info.duration.value, length, 2 * kTick) << name << info.index;
            for (int i = 0; i <= 10; ++i) {
                EXPECT_NEAR(info.seconds_to(i), i * length / 10, 2 * kTick) << name << info.index;
            }
            start += length;
        }
        EXPECT_NEAR(total_seconds(segments), 5.2, 2 * kTick) << name;
    }
}

TEST_F(UnevenVideoTest, APartLastsAsLongAsItsFramesDid) {
    ClipSpec part = write("a.mkv", {.times_ms = slowing_down()});
    part.start_s = 0.8;
    part.duration_s = 2.4;
    const auto segments = segments_of(part, at_rate(std::nullopt));
    ASSERT_EQ(segments.size(), 4U);
    EXPECT_NEAR(segments[1].start.value, 0.4, kTick);
    EXPECT_NEAR(segments[1].duration.value, 2.0 / 3, 2 * kTick);
    EXPECT_NEAR(total_seconds(segments), 2.4, 2 * kTick);
}

TEST_F(UnevenVideoTest, AFrameIsShownUntilTheNext) {
    const ClipSpec clip = write("a.mkv", {.times_ms = {0, 100, 200, 1700, 1800}});
    const auto segments = segments_of(clip, at_rate(std::nullopt));
    ASSERT_EQ(segments.size(), 1U);
    EXPECT_NEAR(segments[0].duration.value, 1.9, kTick);
    EXPECT_THAT(segments[0].times, ElementsAre(0, DoubleNear(0.1, 1e-9), DoubleNear(0.2, 1e-9),
                                               DoubleNear(1.7, 1e-9), DoubleNear(1.8, 1e-9)));
    // The same pictures at other times are not the same to whoever drops frames by time.
    const ClipSpec other = write("b.mkv", {.times_ms = {0, 100, 200, 1600, 1800}});
    EXPECT_NE(segments_of(other, at_rate(std::nullopt))[0].hash, segments[0].hash);
    EXPECT_TRUE(segments_of(clip, at_rate(10))[0].times.empty());
}

TEST_F(UnevenVideoTest, RoundedTimesOfAConstantRateAreThatRate) {
    std::vector<std::int64_t> times;
    times.reserve(60);
    for (int i = 0; i < 60; ++i) times.push_back(1001L * i / 30);
    const ClipSpec clip = write("a.mkv", {.times_ms = times});
    const double fps = open_clip(clip, at_rate(std::nullopt))->info().fps;
    EXPECT_NEAR(fps, 30 / 1.001, 0.01);
    for (const SegmentInfo& info : segments_of(clip, at_rate(std::nullopt))) {
        EXPECT_TRUE(info.times.empty()) << info.index;
        EXPECT_EQ(info.start.value, info.index * 10 / fps);
        EXPECT_EQ(info.duration.value, 10 / fps);
    }
}

TEST_F(UnevenVideoTest, FramesOfOneTimeLastAMillisecond) {
    const ClipSpec clip = write_y4m("W64 H48 F1000:1", 20);
    EXPECT_NEAR(total_seconds(segments_of(clip, at_rate(std::nullopt))), 0.02, 1e-9);
    EXPECT_THAT([&] { open_clip(write_y4m("W64 H48 F1000000:1", 20), at_rate(std::nullopt)); },
                ThrowsMessage<InputError>(HasSubstr("claims 1e+06 frames a second; use --fps")));
    EXPECT_EQ(segments_of(clip_of(folder_ / "a.y4m"), at_rate(10)).size(), 1U);
}

TEST_F(UnevenVideoTest, AClipMayStartAndEndBetweenTheTicksOfItsRecording) {
    ClipSpec part = write_y4m("W64 H48 F1:100", 3);
    part.start_s = 70;
    part.duration_s = 80;
    for (const auto fps : {std::optional(1.0), std::optional<double>()}) {
        const auto segments = segments_of(part, at_rate(fps));
        ASSERT_EQ(segments.size(), fps ? 8U : 1U);
        EXPECT_NEAR(segments[0].start.value, fps ? 0 : 30, 1e-9);
        EXPECT_NEAR(total_seconds(segments), fps ? 80 : 50, 1e-9);
    }
    part.duration_s = 200;
    EXPECT_EQ(total_seconds(segments_of(part, at_rate(1))), 200);
    part.duration_s = 250;
    EXPECT_EQ(total_seconds(segments_of(part, at_rate(1))), 230);
}

TEST_F(UnevenVideoTest, APictureIsShownForAnHourAtMost) {
    EXPECT_EQ(segments_of(write_y4m("W64 H48 F1:100"), at_rate(10)).size(), 100U);
    EXPECT_EQ(total_seconds(segments_of(write_y4m("W64 H48 F1:100"), at_rate(std::nullopt))), 100);
    EXPECT_EQ(segments_of(write_y4m("W64 H48 F1:3600"), at_rate(0.1)).size(), 36U);
    const ClipSpec endless = write_y4m("W64 H48 F1:1000000000", 2);
    EXPECT_THAT([&] { segments_of(endless, at_rate(10)); },
                ThrowsMessage<InputError>(AllOf(
                    HasSubstr("a.y4m: has no new picture from 0.00 s to 1000000000.00 s"),
                    HasSubstr("use --start and --duration to stay on one side, or mend its times "
                              "(a picture may be shown for 3600 s)"))));
    EXPECT_THAT([&] { segments_of(endless, at_rate(std::nullopt)); },
                ThrowsMessage<InputError>(
                    HasSubstr("claims 1e-09 frames a second; use --fps with a rate from 0.00028 to "
                              "1000, or mend its header")));
    for (const auto fps : {std::optional(10.0), std::optional<double>()}) {
        const ClipSpec paused = write("a.mkv", {.times_ms = {0, 100, 200, 4000200, 4000300}});
        EXPECT_THAT([&] { segments_of(paused, at_rate(fps)); },
                    ThrowsMessage<InputError>(
                        HasSubstr("a.mkv: has no new picture from 0.20 s to 4000.20 s")));
        ClipSpec after = paused;
        after.start_s = 3999;
        EXPECT_NEAR(total_seconds(segments_of(after, at_rate(fps))), fps ? 1.4 : 0.2, kTick);
    }
}

TEST_F(UnevenVideoTest, RatesHaveBounds) {
    const ClipSpec clip = write("a.mkv", {.times_ms = test::constant_rate(3, 10)});
    for (const double fps : {1000.1, 0.00027, 1e-300, -1.0}) {
        EXPECT_THAT([&] { open_clip(clip, at_rate(fps)); },
                    ThrowsMessage<UsageError>(HasSubstr(
                        fmt::format("--fps {}: is not a rate from 0.00028 to 1000", fps))));
    }
    EXPECT_EQ(segments_of(clip, at_rate(1000)).size(), 30U);
    EXPECT_EQ(segments_of(clip, at_rate(1.0 / 3600)).size(), 1U);
}

TEST_F(UnevenVideoTest, PicturesHaveALargestSize) {
    EXPECT_THAT([&] { open_clip(write_y4m("W16386 H8192 F10:1"), at_rate(10)); },
                ThrowsMessage<InputError>(HasSubstr(
                    "a.y4m: has too large a picture at 0.00 s (Picture size 16386x8192); scale it "
                    "to 134217728 pixels or fewer")));
    // A PNG's header of 30000x30000, and nothing behind it.
    const std::string header("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x8\2\0\0\0????",
                             33);
    test::write_text(folder_ / "a.png", header + std::string("\0\0\0\4IDATabcd????", 16));
    EXPECT_THAT([&] { open_clip(clip_of(folder_ / "a.png"), at_rate(10)); },
                ThrowsMessage<InputError>(HasSubstr("a.png: has too large a picture at 0.00 s "
                                                    "(Picture size 30000x30000 is invalid)")));
    ReadOptions options = at_rate(10);
    options.size = cv::Size(16384, 8194);
    EXPECT_THAT(
        [&] { open_clip(write_y4m("W64 H48 F10:1"), options); },
        ThrowsMessage<UsageError>(HasSubstr("--size 16384x8194: has more than 134217728 pixels")));
}

TEST_F(UnevenVideoTest, SegmentsHaveALargestSize) {
    ReadOptions options = at_rate(1000);
    options.size = cv::Size(4096, 4096);
    options.segment_frames = 1000;
    EXPECT_THAT([&] { segments_of(write_y4m("W64 H48 F1:1"), options); },
                ThrowsMessage<UsageError>(
                    HasSubstr("--segment-frames 1000: makes segments of clip 'tiny' that take "
                              "more than 4 GiB; use fewer frames, or a smaller --size")));
    options.segment_frames = 100;
    EXPECT_EQ(segments_of(write_y4m("W64 H48 F1:1"), options).size(), 10U);
}

TEST_F(UnevenVideoTest, TellsOfPauses) {
    const auto remark = [&](std::int64_t pause_ms) {
        test::Recording recording{.times_ms = test::constant_rate(20, 10)};
        for (std::size_t i = 10; i < 20; ++i) recording.times_ms[i] += pause_ms;
        return standstill_remark(segments_of(write("a.mkv", recording), at_rate(10)));
    };
    EXPECT_EQ(remark(4000), std::nullopt);
    EXPECT_EQ(remark(9000),
              "8 of 11 segments are copies of the one before: the recording pauses there, or "
              "nothing changes");
}

}  // namespace
}  // namespace oneadapt
