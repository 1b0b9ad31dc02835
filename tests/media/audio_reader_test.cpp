#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
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
        EXPECT_EQ(segment.info.duration.value, 1.0);
        ASSERT_EQ(segment.frames.size(), 1U);
        EXPECT_EQ(segment.frames[0].size(), segment.size);
    }
    EXPECT_NEAR(segments[0].frames[0].at<float>(40), 0.5, 1e-3) << "a quarter of the tone's period";
    EXPECT_NE(cv::norm(segments[2].frames[0].colRange(0, 8000)), 0);
    EXPECT_EQ(cv::norm(segments[2].frames[0].colRange(8000, 16000)), 0);
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

TEST_F(AudioReaderTest, ACutOffRecordingIsRefused) {
    const ClipSpec spec = clip({.seconds = 20});
    test::cut_off(spec.file, 0.5);
    EXPECT_THAT(message_of([&] { read_all(spec, options(1)); }),
                HasSubstr("is damaged or cut off at 9.9"));
}

}  // namespace
}  // namespace oneadapt
