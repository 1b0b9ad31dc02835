#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <numbers>

#include "media/clip.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// A WAV recording of a 100 Hz tone of half of full scale; channels take turns in sign.
struct Wav {
    int rate = 16000;
    int channels = 1;
    int bits = 16;
    double seconds = 1;
    bool opposed = false;  ///< every second channel is turned upside down
};

template <class Value>
void put(std::ostream& out, Value value) {
    out.write(reinterpret_cast<const char*>(&value), sizeof value);
}

void write_tone(const fs::path& file, const Wav& wav) {
    std::ofstream out(file, std::ios::binary);
    const auto frames = static_cast<std::uint32_t>(std::lround(wav.seconds * wav.rate));
    const auto block = static_cast<std::uint16_t>(wav.channels * wav.bits / 8);
    const std::uint32_t bytes = frames * block;
    out << "RIFF";
    put<std::uint32_t>(out, 36 + bytes);
    out << "WAVEfmt ";
    put<std::uint32_t>(out, 16);
    put<std::uint16_t>(out, 1);
    put(out, static_cast<std::uint16_t>(wav.channels));
    put(out, static_cast<std::uint32_t>(wav.rate));
    put(out, static_cast<std::uint32_t>(wav.rate) * block);
    put(out, block);
    put(out, static_cast<std::uint16_t>(wav.bits));
    out << "data";
    put(out, bytes);
    for (std::uint32_t i = 0; i < frames; ++i) {
        const double value = 0.5 * std::sin(2 * std::numbers::pi * 100 * i / wav.rate);
        for (int c = 0; c < wav.channels; ++c) {
            const double signed_value = wav.opposed && c % 2 == 1 ? -value : value;
            if (wav.bits == 8) {
                put(out, static_cast<std::uint8_t>(std::lround(128 + 127 * signed_value)));
            } else {
                put(out, static_cast<std::int16_t>(std::lround(32767 * signed_value)));
            }
        }
    }
}

class AudioReaderTest : public ::testing::Test {
  protected:
    ClipSpec clip(const Wav& wav) const {
        ClipSpec spec;
        spec.name = "tone";
        spec.kind = "audio";
        spec.file = folder_ / "tone.wav";
        write_tone(spec.file, wav);
        return spec;
    }
    static ReadOptions options(double fps) {
        ReadOptions read;
        read.fps = fps;
        read.segment_frames = 1;
        return read;
    }
    static std::vector<Segment> read_all(const ClipSpec& spec, const ReadOptions& read) {
        std::vector<Segment> segments;
        const auto reader = open_clip(spec, read);
        while (auto segment = reader->next()) segments.push_back(std::move(*segment));
        return segments;
    }
    ClipSpec recorded(const std::string& name, const test::Sound& sound) const {
        ClipSpec spec;
        spec.name = "tones";
        spec.kind = "audio";
        spec.file = folder_ / name;
        test::write_sound(spec.file, sound);
        return spec;
    }
    /// Every sample of a clip, one after the other.
    static cv::Mat samples_of(const ClipSpec& spec) {
        std::vector<cv::Mat> frames;
        for (const Segment& segment : read_all(spec, options(1))) {
            frames.push_back(segment.frames.at(0));
        }
        cv::Mat all;
        cv::hconcat(frames, all);
        return all;
    }
    static double loudest(const cv::Mat& samples, double from_s, double to_s) {
        return cv::norm(samples.colRange(static_cast<int>(std::lround(from_s * 16000)),
                                         static_cast<int>(std::lround(to_s * 16000))),
                        cv::NORM_INF);
    }
    static std::string message_of(const std::function<void()>& act) {
        try {
            act();
        } catch (const Error& error) {
            return error.what();
        }
        return "no error";
    }

    test::TempFolder folder_;
};

TEST_F(AudioReaderTest, CutsSoundIntoFramesAndFillsTheLastWithSilence) {
    const auto segments = read_all(clip({.seconds = 2.5}), options(1));
    ASSERT_EQ(segments.size(), 3U);
    for (const Segment& segment : segments) {
        EXPECT_EQ(segment.size, cv::Size(16000, 1));
        EXPECT_EQ(segment.info.duration.value, segment.info.index < 2 ? 1.0 : 0.5);
        ASSERT_EQ(segment.frames.size(), 1U);
        EXPECT_EQ(segment.frames[0].size(), segment.size);
    }
    EXPECT_NEAR(segments[0].frames[0].at<float>(40), 0.5, 1e-3) << "a quarter of the tone's period";
    EXPECT_NE(cv::norm(segments[2].frames[0].colRange(0, 8000)), 0);
    EXPECT_EQ(cv::norm(segments[2].frames[0].colRange(8000, 16000)), 0);
}

TEST_F(AudioReaderTest, SaysHowLongItIs) {
    ClipSpec spec = clip({.seconds = 2.5});
    EXPECT_EQ(open_clip(spec, options(1))->info().segments, 3);
    EXPECT_EQ(open_clip(spec, options(1))->info().seconds, 2.5);
    spec.start_s = 0.5;
    spec.duration_s = 1;
    EXPECT_EQ(open_clip(spec, options(1))->info().segments, 1);
    EXPECT_EQ(open_clip(spec, options(1))->info().seconds, 1);
}

TEST_F(AudioReaderTest, BringsEveryFormToOneChannelAtTheAnalysisRate) {
    const auto plain = read_all(clip({}), options(1)).at(0).frames[0].clone();
    for (const Wav& wav : {Wav{.rate = 48000, .channels = 2}, Wav{.rate = 8000},
                           Wav{.rate = 44100, .channels = 6}, Wav{.bits = 8}}) {
        const auto segments = read_all(clip(wav), options(1));
        ASSERT_FALSE(segments.empty());
        const cv::Mat& frame = segments[0].frames[0];
        ASSERT_EQ(frame.size(), plain.size());
        const cv::Range middle(2000, 14000);
        EXPECT_LT(cv::norm(frame.colRange(middle), plain.colRange(middle), cv::NORM_INF), 0.02)
            << wav.rate << " Hz, " << wav.channels << " channels, " << wav.bits << " bits";
    }
    const auto cancelled = read_all(clip({.channels = 2, .opposed = true}), options(1));
    EXPECT_LT(cv::norm(cancelled.at(0).frames[0], cv::NORM_INF), 1e-3) << "the mean of both";
}

TEST_F(AudioReaderTest, StartAndDurationAreExact) {
    ClipSpec spec = clip({.seconds = 3});
    const auto whole = read_all(spec, options(1));
    spec.start_s = 1;
    spec.duration_s = 1;
    const auto middle = read_all(spec, options(1));
    ASSERT_EQ(middle.size(), 1U);
    EXPECT_EQ(cv::norm(middle[0].frames[0], whole[1].frames[0], cv::NORM_INF), 0);
}

TEST_F(AudioReaderTest, SaysWhatIsWrong) {
    EXPECT_THAT(message_of([&] { read_all(clip({.seconds = 0}), options(1)); }),
                HasSubstr("ends before its first frame"));
    ClipSpec late = clip({});
    late.start_s = 5;
    EXPECT_THAT(message_of([&] { read_all(late, options(1)); }),
                HasSubstr("has no sound at or after its start at 5 s"));
    ReadOptions native = options(1);
    native.fps.reset();
    EXPECT_THAT(message_of([&] { read_all(clip({}), native); }),
                HasSubstr("--fps native: means nothing to sound"));
    ReadOptions sized = options(1);
    sized.size = cv::Size(64, 64);
    EXPECT_THAT(message_of([&] { read_all(clip({}), sized); }),
                HasSubstr("--size: means nothing to sound"));

    ClipSpec silent_film = clip({});
    silent_film.file = folder_ / "film.mkv";
    test::write_recording(silent_film.file, {.times_ms = test::constant_rate(5, 10)});
    EXPECT_THAT(message_of([&] { read_all(silent_film, options(1)); }), HasSubstr("has no sound"));
    silent_film.file = folder_ / "none.wav";
    EXPECT_THAT(message_of([&] { read_all(silent_film, options(1)); }),
                HasSubstr("does not exist"));
    silent_film.file = folder_ / "text.wav";
    test::write_text(silent_film.file, "this is no sound");
    EXPECT_THAT(message_of([&] { read_all(silent_film, options(1)); }),
                HasSubstr("cannot be opened as a recording"));
}

TEST_F(AudioReaderTest, HolesAreSilenceSoThatWhatFollowsKeepsItsTime) {
    for (const int rate : {16000, 44100}) {
        const ClipSpec spec = recorded(
            "tones.mka",
            {.tones = {{.seconds = 2}, {.start_s = 5, .seconds = 1, .hertz = 200}}, .rate = rate});
        const cv::Mat samples = samples_of(spec);
        ASSERT_EQ(samples.cols, 6 * 16000);
        EXPECT_NEAR(loudest(samples, 1.9, 2), 0.5, 0.02) << rate;
        EXPECT_EQ(loudest(samples, 2.01, 4.99), 0) << rate;
        EXPECT_NEAR(samples.at<float>(5 * 16000 + 20), 0.5, 0.02) << "a quarter of 200 Hz";
        EXPECT_NEAR(samples.at<float>(6 * 16000 - 20), -0.5, 0.02) << rate;
    }
}

TEST_F(AudioReaderTest, StartAndDurationGoByTheClockOfTheSegments) {
    ClipSpec spec = recorded("tones.mka", {.tones = {{.seconds = 2}, {.start_s = 5}}});
    const cv::Mat whole = samples_of(spec);
    spec.start_s = 4.5;
    const cv::Mat late = samples_of(spec);
    ASSERT_EQ(late.cols, 2 * 16000);
    EXPECT_EQ(cv::norm(late.colRange(0, 24000), whole.colRange(72000, 96000), cv::NORM_INF), 0);
    spec.start_s = 1;
    spec.duration_s = 3;  // ends in the hole
    EXPECT_EQ(cv::norm(samples_of(spec), whole.colRange(16000, 64000), cv::NORM_INF), 0);
}

TEST_F(AudioReaderTest, WhatIsRecordedTwiceCountsOnce) {
    const ClipSpec spec = recorded(
        "tones.mka", {.tones = {{.seconds = 2}, {.start_s = 1.5, .seconds = 1.5, .hertz = 200}},
                      .packet = 32000});
    const cv::Mat samples = samples_of(spec);
    ASSERT_EQ(samples.cols, 3 * 16000);
    EXPECT_NEAR(samples.at<float>(2 * 16000 - 40), -0.5, 1e-3) << "100 Hz up to 2 s";
    EXPECT_NEAR(samples.at<float>(3 * 16000 - 20), -0.5, 1e-3) << "200 Hz up to 3 s";
}

TEST_F(AudioReaderTest, HolesAndOverlapsHaveALimit) {
    ClipSpec spec = recorded("tones.mka", {.tones = {{.seconds = 2}, {.start_s = 63}}});
    EXPECT_THAT(message_of([&] { samples_of(spec); }),
                HasSubstr("has no sound from 2.00 s to 63.00 s; cut it there"));
    spec.duration_s = 2.5;
    EXPECT_EQ(samples_of(spec).cols, 2 * 16000);
    spec = recorded("tones.mka", {.tones = {{.seconds = 2}, {.start_s = 62}}});
    EXPECT_EQ(samples_of(spec).cols, 63 * 16000);
    spec = recorded("tones.mka", {.tones = {{.seconds = 2}, {.start_s = 0.5}}, .packet = 32000});
    EXPECT_THAT(message_of([&] { samples_of(spec); }),
                HasSubstr("goes back in time at 2.00 s, to 0.50 s"));
}

TEST_F(AudioReaderTest, PacketsOfSeveralFramesKeepTheirTime) {
    const ClipSpec spec = recorded("tones.wav", {.tones = {{.seconds = 3}}, .encoder = "adpcm_ms"});
    const cv::Mat samples = samples_of(spec);
    ASSERT_GE(samples.cols, 3 * 16000);
    for (int i = 40; i < 3 * 16000; i += 160) ASSERT_NEAR(samples.at<float>(i), 0.5, 0.05) << i;
}

TEST_F(AudioReaderTest, SoundWrittenToAPipeIsReadToItsLastSample) {
    const ClipSpec whole = recorded("whole.wav", {.tones = {{.seconds = 2.0385}}});
    const cv::Mat wanted = samples_of(whole);
    std::ifstream in(whole.file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::size_t size_at = bytes.find("data") + 4;
    ClipSpec piped = whole;
    piped.file = folder_ / "piped.wav";
    for (const std::uint32_t size : {0U, 0x7ffff000U, 0x80000000U, 0xffffffffU}) {
        std::string text = bytes;
        std::memcpy(text.data() + size_at, &size, sizeof size);
        test::write_text(piped.file, text);
        EXPECT_EQ(cv::norm(samples_of(piped), wanted, cv::NORM_INF), 0) << size;
        test::write_text(piped.file, text.substr(0, text.size() - 1));
        EXPECT_EQ(cv::norm(samples_of(piped).colRange(0, 32615), wanted.colRange(0, 32615)), 0)
            << "but for half a sample";
    }
    test::write_text(piped.file, bytes.substr(0, bytes.size() - 2));
    EXPECT_THAT(message_of([&] { samples_of(piped); }), HasSubstr("is damaged or cut off"));
}

TEST_F(AudioReaderTest, SamplesThatAreNoNumbersAreRefused) {
    ClipSpec spec = clip({.bits = 16});
    std::ifstream in(spec.file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    // The same bytes as 32-bit floats: format 3, and all of them NaN.
    const std::size_t fmt = bytes.find("fmt ") + 8;
    const auto write = [&](std::size_t at, auto value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    };
    write(fmt, std::uint16_t{3});
    write(fmt + 8, std::uint32_t{16000 * 4});
    write(fmt + 12, std::uint16_t{4});
    write(fmt + 14, std::uint16_t{32});
    for (std::size_t at = bytes.find("data") + 8; at + 4 <= bytes.size(); at += 4) {
        write(at, std::numeric_limits<float>::quiet_NaN());
    }
    test::write_text(spec.file, bytes);
    EXPECT_THAT(message_of([&] { read_all(spec, options(1)); }),
                HasSubstr("has samples that are no numbers in the stretch at 0.00 s"));
}

TEST_F(AudioReaderTest, ALastStretchThatIsNotWholeLastsAsLongAsItsSound) {
    const auto whole = read_all(clip({.seconds = 3}), options(1));
    const auto short_by_half = read_all(clip({.seconds = 2.5}), options(1));
    ASSERT_EQ(whole.size(), 3U);
    ASSERT_EQ(short_by_half.size(), 3U);
    EXPECT_TRUE(whole[2].info.times.empty());
    EXPECT_EQ(whole[1].info.hash, short_by_half[1].info.hash) << "nothing else is told of it";
    EXPECT_DOUBLE_EQ(short_by_half[1].info.duration.value, 1);
    EXPECT_DOUBLE_EQ(short_by_half[2].info.start.value, 2);
    EXPECT_DOUBLE_EQ(short_by_half[2].info.duration.value, 0.5);
    const cv::Mat& samples = short_by_half[2].frames[0];
    ASSERT_EQ(samples.cols, 16000);
    EXPECT_EQ(cv::norm(samples.colRange(8000, 16000), cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(samples.colRange(0, 8000), whole[2].frames[0].colRange(0, 8000)), 0);
}

TEST_F(AudioReaderTest, ACafWrittenToAPipeIsReadToItsLastSample) {
    const cv::Mat wanted = samples_of(recorded("whole.wav", {.tones = {{.seconds = 2.0385}}}));
    const ClipSpec caf = recorded("piped.caf", {.tones = {{.seconds = 2.0385}}});
    std::fstream file(caf.file, std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    file.clear();
    file.seekp(static_cast<std::streamoff>(bytes.find("data") + 4));
    put<std::int64_t>(file, -1);
    file.close();
    EXPECT_EQ(cv::norm(samples_of(caf), wanted, cv::NORM_INF), 0);
}

TEST_F(AudioReaderTest, ManyChannelsAreTheirMean) {
    const auto plain = read_all(clip({}), options(1)).at(0).frames[0].clone();
    const auto twelve = read_all(clip({.channels = 12}), options(1));
    EXPECT_LT(cv::norm(twelve.at(0).frames[0], plain, cv::NORM_INF), 1e-4);
    const auto cancelled = read_all(clip({.channels = 12, .opposed = true}), options(1));
    EXPECT_LT(cv::norm(cancelled.at(0).frames[0], cv::NORM_INF), 1e-4);
}

TEST_F(AudioReaderTest, RatesAndLengthsHaveALimit) {
    const ClipSpec spec = clip({});
    std::fstream file(spec.file, std::ios::in | std::ios::out | std::ios::binary);
    for (const std::uint32_t rate : {3U, 654327424U}) {
        file.seekp(24);
        put(file, rate);
        file.flush();
        EXPECT_THAT(
            message_of([&] { read_all(spec, options(1)); }),
            HasSubstr(std::to_string(rate) + " samples per second; sound of 1000 to 768000"));
    }
    EXPECT_THAT(message_of([&] { read_all(clip({}), options(1e-3)); }),
                HasSubstr("--fps 0.001: makes frames of more than 600 s"));
}

TEST_F(AudioReaderTest, ACutOffRecordingIsRefused) {
    const ClipSpec spec = clip({.seconds = 20});
    test::cut_off(spec.file, 0.5);
    EXPECT_THAT(message_of([&] { read_all(spec, options(1)); }),
                HasSubstr("is damaged or cut off at 9.9"));
}

}  // namespace
}  // namespace oneadapt
