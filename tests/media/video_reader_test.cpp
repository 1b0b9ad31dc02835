#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "media/clip.hpp"
#include "media/reading.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::clip_of;
using test::constant_rate;
using test::read_all;
using test::TempFolder;
using test::write_recording;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

ReadOptions native() {
    ReadOptions options;
    options.fps.reset();
    options.size_multiple = 2;
    return options;
}

std::vector<cv::Mat> frames_of(const std::vector<Segment>& segments) {
    std::vector<cv::Mat> frames;
    for (const Segment& segment : segments) {
        frames.insert(frames.end(), segment.frames.begin(), segment.frames.end());
    }
    return frames;
}

bool same(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0;
}

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

class VideoReaderTest : public ::testing::Test {
  protected:
    TempFolder folder_;
};

TEST_F(VideoReaderTest, NativeGivesEveryFrameAsRecorded) {
    const auto file = folder_ / "a.mkv";
    write_recording(file, {.times_ms = constant_rate(25, 25)});
    const auto reader = open_clip(clip_of(file), native());
    EXPECT_DOUBLE_EQ(reader->info().fps, 25);
    EXPECT_EQ(reader->info().segments, 3);
    const auto segments = read_all(clip_of(file), native());
    ASSERT_EQ(segments.size(), 3U);
    EXPECT_EQ(segments[2].info.frames, 5);
    EXPECT_EQ(segments[2].info.index, 2);
    EXPECT_DOUBLE_EQ(segments[2].info.start.value, 0.8);
    EXPECT_DOUBLE_EQ(segments[2].info.duration.value, 0.2);
    const auto frames = frames_of(segments);
    for (int i = 0; i < 25; ++i) {
        EXPECT_TRUE(same(frames[static_cast<std::size_t>(i)], test::pattern({64, 48}, i))) << i;
    }
}

TEST_F(VideoReaderTest, ResamplesToTheAnalysisRate) {
    const auto file = folder_ / "a.mp4";
    write_recording(file, {.times_ms = constant_rate(50, 25), .encoder = "mpeg4"});
    EXPECT_EQ(frames_of(read_all(clip_of(file), {})).size(), 20U);
    ReadOptions faster;
    faster.fps = 50;
    EXPECT_EQ(frames_of(read_all(clip_of(file), faster)).size(), 100U);
}

TEST_F(VideoReaderTest, ResamplesVariableRates) {
    std::vector<std::int64_t> times;
    for (std::int64_t t = 0, step = 20; t < 3000; t += step, step = 20 + (step * 7) % 90) {
        times.push_back(t);
    }
    times.push_back(3000);
    times.push_back(3040);
    const auto file = folder_ / "vfr.mkv";
    write_recording(file, {.times_ms = times});
    const auto frames = frames_of(read_all(clip_of(file), {.size_multiple = 2}));
    EXPECT_NEAR(static_cast<double>(frames.size()), 30, 1);
    const auto every = read_all(clip_of(file), native());
    EXPECT_EQ(frames_of(every).size(), times.size());
    // The frame at second 1 is the one recorded nearest to it.
    const auto nearest =
        std::ranges::min_element(times, {}, [](std::int64_t t) { return std::abs(t - 1000); });
    EXPECT_TRUE(
        same(frames[10], test::pattern({64, 48}, static_cast<int>(nearest - times.begin()))));
}

TEST_F(VideoReaderTest, StartAndDurationAreExactToTheFrame) {
    for (const std::string name : {"a.mp4", "a.mkv", "a.ts", "a.avi"}) {
        const auto file = folder_ / name;
        const std::string encoder = name == "a.avi" ? "mpeg4" : "libx264";
        write_recording(file, {.times_ms = constant_rate(75, 25), .encoder = encoder});
        const auto all = frames_of(read_all(clip_of(file), native()));
        ASSERT_EQ(all.size(), 75U) << name;
        ClipSpec part = clip_of(file);
        part.start_s = 1.4;
        part.duration_s = 0.8;
        const auto frames = frames_of(read_all(part, native()));
        ASSERT_EQ(frames.size(), 20U) << name;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            EXPECT_TRUE(same(frames[i], all[35 + i])) << name << " " << i;
        }
        EXPECT_EQ(frames_of(read_all(part, {.size_multiple = 2})).size(), 8U) << name;
    }
}

TEST_F(VideoReaderTest, HashesContentSizeAndRate) {
    const auto file = folder_ / "a.mkv";
    write_recording(file, {.times_ms = constant_rate(20, 10)});
    const auto hash = [&](const ReadOptions& options) {
        return read_all(clip_of(file), options).at(0).info.hash;
    };
    EXPECT_EQ(hash(native()), hash(native()));
    EXPECT_EQ(hash(native()), hash({.size_multiple = 2}));  // the same frames at the same rate
    EXPECT_NE(hash(native()), hash({.fps = 5, .size_multiple = 2}));
    EXPECT_NE(hash(native()), hash({.size = cv::Size(32, 32), .size_multiple = 2}));
    const auto segments = read_all(clip_of(file), native());
    EXPECT_NE(segments[0].info.hash, segments[1].info.hash);
}

TEST_F(VideoReaderTest, RoundsOddSizesDownToTheModelsMultiple) {
    const auto file = folder_ / "odd.mkv";
    write_recording(file, {.size = {77, 51}, .times_ms = constant_rate(3, 10)});
    const auto size = [&](int multiple) {
        const auto reader = open_clip(clip_of(file), {.size_multiple = multiple});
        const cv::Size told = reader->info().size;
        const auto segment = reader->next();
        EXPECT_EQ(segment->frames.at(0).size(), cv::Size(told.width, told.height * 3 / 2));
        return told;
    };
    EXPECT_EQ(size(1), cv::Size(76, 50));
    EXPECT_EQ(size(32), cv::Size(64, 32));
    EXPECT_EQ(size(64), cv::Size(64, 64));  // one multiple at least
}

TEST_F(VideoReaderTest, TurnsPicturesAsTheRecordingAsks) {
    const auto file = folder_ / "turned.mp4";
    write_recording(file,
                    {.times_ms = constant_rate(3, 10), .encoder = "mpeg4", .turn_degrees = 90});
    EXPECT_EQ(open_clip(clip_of(file), native())->info().size, cv::Size(48, 64));
    write_recording(folder_ / "upright.mp4",
                    {.times_ms = constant_rate(3, 10), .encoder = "mpeg4"});
    const auto turned = frames_of(read_all(clip_of(file), native())).at(0);
    const auto upright = frames_of(read_all(clip_of(folder_ / "upright.mp4"), native())).at(0);
    cv::Mat expected;
    cv::rotate(upright.rowRange(0, 48), expected, cv::ROTATE_90_CLOCKWISE);
    EXPECT_TRUE(same(turned.rowRange(0, 64), expected));
}

TEST_F(VideoReaderTest, APictureIsAClipOfOneFrame) {
    const auto file = folder_ / "a.png";
    cv::imwrite(file.string(), cv::Mat(48, 64, CV_8UC3, cv::Scalar(0, 0, 255)));
    const auto frames = frames_of(read_all(clip_of(file), {.size_multiple = 2}));
    ASSERT_EQ(frames.size(), 1U);
    // Pure red in BT.601 limited range.
    EXPECT_NEAR(frames[0].at<std::uint8_t>(10, 10), 81, 1);
}

TEST_F(VideoReaderTest, RefusesWrongSizes) {
    const auto file = folder_ / "a.mkv";
    write_recording(file, {.times_ms = constant_rate(3, 10)});
    const auto message = [&](cv::Size size) {
        return message_of([&] { open_clip(clip_of(file), {.size = size}); });
    };
    EXPECT_THAT(message({961, 540}), HasSubstr("use 960x512 or 992x544"));
    EXPECT_THAT(message({0, -5}), HasSubstr("use 32x32"));
    EXPECT_EQ(message({960, 512}), "no error");
    EXPECT_THROW(open_clip(clip_of(file), {.size = cv::Size(33, 32)}), UsageError);
    EXPECT_THROW(open_clip(clip_of(file), {.fps = 0.0}), UsageError);
    EXPECT_THROW(open_clip(clip_of(file), {.segment_frames = 0}), UsageError);
}

TEST_F(VideoReaderTest, RefusesUnknownKinds) {
    ClipSpec clip = clip_of(folder_ / "a.mkv");
    clip.kind = "smell";
    EXPECT_THROW(open_clip(clip, {}), UsageError);
    EXPECT_THAT(message_of([&] { open_clip(clip, {}); }), HasSubstr("choose from video"));
}

TEST_F(VideoReaderTest, RefusesFilesThatAreNoRecordings) {
    const auto message = [&](const fs::path& file) {
        std::string text = message_of([&] { read_all(clip_of(file), native()); });
        EXPECT_THAT(text, HasSubstr(file.string()));
        EXPECT_EQ(text.find('\n'), std::string::npos);
        return text;
    };
    EXPECT_THAT(message(folder_ / "none.mp4"), HasSubstr("does not exist"));
    EXPECT_THAT(message(folder_ / ""), HasSubstr("is a directory"));
    test::write_text(folder_ / "empty.mp4", "");
    EXPECT_THAT(message(folder_ / "empty.mp4"), HasSubstr("is empty (0 bytes)"));
    test::write_text(folder_ / "noise.mp4", std::string(5000, '\x9c'));
    EXPECT_THAT(message(folder_ / "noise.mp4"), HasSubstr("cannot be opened as a recording"));
    test::write_text(folder_ / "a.ans", "\x1b[31mDear diary,\x1b[0m\ntoday nothing.\n");
    EXPECT_THAT(message(folder_ / "a.ans"), HasSubstr("is text, not a recording"));
    test::write_wav(folder_ / "a.wav");
    EXPECT_THAT(message(folder_ / "a.wav"), HasSubstr("has no video stream"));
    write_recording(folder_ / "none.mkv", {});
    EXPECT_THAT(message(folder_ / "none.mkv"), HasSubstr("ends before its first frame"));
    test::write_text(folder_ / "list.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n");
    EXPECT_THAT(message(folder_ / "list.m3u8"), HasSubstr("cannot be opened as a recording"));
    test::write_recording(folder_ / "part.mkv",
                          {.size = {96, 64}, .times_ms = test::constant_rate(10, 10)});
    test::write_text(folder_ / "list.ffconcat", "ffconcat version 1.0\nfile part.mkv\n");
    EXPECT_THAT(message(folder_ / "list.ffconcat"), HasSubstr("is a list of recordings"));
}

TEST_F(VideoReaderTest, NoticesCutOffAndDamagedRecordings) {
    const auto message = [&](const fs::path& file) {
        return message_of([&] { read_all(clip_of(file), native()); });
    };
    write_recording(folder_ / "cut.mp4", {.times_ms = constant_rate(75, 25), .encoder = "libx264"});
    test::cut_off(folder_ / "cut.mp4", 0.5);
    EXPECT_THAT(message(folder_ / "cut.mp4"), HasSubstr("moov atom not found"));
    write_recording(folder_ / "cut.mkv", {.times_ms = constant_rate(75, 25)});
    test::cut_off(folder_ / "cut.mkv", 0.5);
    EXPECT_THAT(message(folder_ / "cut.mkv"), HasSubstr("is damaged or cut off at 1."));
    write_recording(folder_ / "hole.ts", {.times_ms = constant_rate(75, 25), .encoder = "libx264"});
    test::damage(folder_ / "hole.ts", 0.5);
    EXPECT_THAT(message(folder_ / "hole.ts"), HasSubstr("is damaged or cut off at 1."));
    // Matroska's demuxer skips to the next whole cluster and reports no error.
    for (const double share : {0.3, 0.4, 0.5, 0.6, 0.7}) {
        write_recording(folder_ / "hole.mkv",
                        {.times_ms = constant_rate(75, 25), .encoder = "libx264"});
        test::damage(folder_ / "hole.mkv", share);
        EXPECT_THAT(message(folder_ / "hole.mkv"), HasSubstr("is damaged or cut off at ")) << share;
    }
}

TEST_F(VideoReaderTest, RefusesAStartBehindTheEnd) {
    for (const std::string name : {"a.mkv", "a.ts"}) {
        const auto file = folder_ / name;
        write_recording(file, {.times_ms = constant_rate(25, 25), .encoder = "libx264"});
        ClipSpec clip = clip_of(file);
        clip.start_s = 60;
        EXPECT_THAT(message_of([&] { read_all(clip, native()); }),
                    HasSubstr("has no frame at or after its start at 60 s"));
    }
}

TEST(ReadOptionsTest, HasOneSpelling) {
    EXPECT_EQ(ReadOptions{}.text(),
              "reading=4,fps=10,segment-frames=10,size=source,multiple=32,samples=16000");
    EXPECT_EQ((ReadOptions{std::nullopt, 5, cv::Size(64, 32), 16}.text()),
              "reading=4,fps=native,segment-frames=5,size=64x32,multiple=16,samples=16000");
}

}  // namespace
}  // namespace oneadapt
