#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <opencv2/core.hpp>

#include "media/clip.hpp"
#include "media/reading.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

/// Recordings as they come from cars, phones and joined files.
namespace oneadapt {
namespace {

using test::at_rate;
using test::clip_of;
using test::read_all;
using test::TempFolder;
namespace fs = std::filesystem;

std::vector<cv::Mat> frames_of(const ClipSpec& clip, const ReadOptions& options) {
    std::vector<cv::Mat> frames;
    for (const Segment& segment : read_all(clip, options)) {
        frames.insert(frames.end(), segment.frames.begin(), segment.frames.end());
    }
    return frames;
}

std::vector<Hash128> hashes_of(const ClipSpec& clip, const ReadOptions& options) {
    std::vector<Hash128> hashes;
    for (const Segment& segment : read_all(clip, options)) hashes.push_back(segment.info.hash);
    return hashes;
}

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void join(const std::vector<fs::path>& parts, const fs::path& whole) {
    std::string bytes;
    for (const fs::path& part : parts) bytes += bytes_of(part);
    test::write_text(whole, bytes);
}

class OddVideoTest : public ::testing::Test {
  protected:
    /// Runs the ffmpeg program in the test's folder.
    void ffmpeg(const std::string& arguments) const {
        const std::string command = fmt::format("cd '{}' && ffmpeg -nostdin -y -v error {}",
                                                folder_.path().string(), arguments);
        ASSERT_EQ(std::system(command.c_str()), 0) << command;
    }

    /// Four quarters: red and green above blue and white.
    void make_quarters(const std::string& coding) const {
        const auto colour = [](const char* name) {
            return fmt::format("-f lavfi -i color={}:s=32x24:r=10:d=0.6 ", name);
        };
        ffmpeg(colour("red") + colour("lime") + colour("blue") + colour("white") +
               "-filter_complex '[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack' -pix_fmt yuv420p "
               "-c:v " +
               coding);
    }

    TempFolder folder_;
};

/// Makes an MP4 recording ask for another display matrix (a, b, c, d).
void set_matrix(const fs::path& file, const std::array<int, 4>& matrix) {
    std::string bytes = bytes_of(file);
    const std::size_t header = bytes.find("tkhd");
    ASSERT_NE(header, std::string::npos);
    const auto put = [&](std::size_t place, int value) {
        const auto fixed = static_cast<std::uint32_t>(value * 65536);
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[header + 44 + 4 * place + i] = static_cast<char>(fixed >> (24 - 8 * i));
        }
    };
    put(0, matrix[0]);
    put(1, matrix[1]);
    put(3, matrix[2]);
    put(4, matrix[3]);
    test::write_text(file, bytes);
}

/// The colours of a picture's quarters, row by row.
std::string quarters(const cv::Mat& frame) {
    const int height = frame.rows / 3 * 2;
    const int width = frame.cols;
    std::string letters;
    for (const int y : {height / 4, height * 3 / 4}) {
        for (const int x : {width / 4, width * 3 / 4}) {
            const std::size_t chroma =
                static_cast<std::size_t>(y / 2) * static_cast<std::size_t>(width / 2) +
                static_cast<std::size_t>(x / 2);
            const auto planes = static_cast<std::size_t>(width * height);
            const cv::Vec3d seen(frame.at<std::uint8_t>(y, x), frame.data[planes + chroma],
                                 frame.data[planes + planes / 4 + chroma]);
            double best = std::numeric_limits<double>::infinity();
            char letter = '?';
            for (const auto& [name, yuv] : {std::pair{'R', cv::Vec3d(81, 90, 240)},
                                            {'G', cv::Vec3d(145, 54, 34)},
                                            {'B', cv::Vec3d(41, 240, 110)},
                                            {'W', cv::Vec3d(235, 128, 128)}}) {
                if (cv::norm(seen - yuv) >= best) continue;
                best = cv::norm(seen - yuv);
                letter = name;
            }
            letters += letter;
        }
    }
    return letters;
}

TEST_F(OddVideoTest, ShowsAllEightOrientationsAsTheFfmpegProgramDoes) {
    struct Case {
        std::array<int, 4> matrix;
        const char* shown;
    };
    for (const Case& c :
         {Case{{1, 0, 0, 1}, "RGBW"}, Case{{-1, 0, 0, 1}, "GRWB"}, Case{{1, 0, 0, -1}, "BWRG"},
          Case{{-1, 0, 0, -1}, "WBGR"}, Case{{0, 1, 1, 0}, "RBGW"}, Case{{0, 1, -1, 0}, "BRWG"},
          Case{{0, -1, 1, 0}, "GWRB"}, Case{{0, -1, -1, 0}, "WGBR"}}) {
        make_quarters("libx264 -qp 10 a.mp4");
        set_matrix(folder_ / "a.mp4", c.matrix);
        const auto frames = frames_of(clip_of(folder_ / "a.mp4"), at_rate(std::nullopt));
        ASSERT_EQ(frames.size(), 6U);
        EXPECT_EQ(quarters(frames.back()), c.shown);
        ffmpeg("-i a.mp4 -f rawvideo -pix_fmt yuv420p a.yuv");
        std::string ours;
        for (const cv::Mat& frame : frames) {
            ours.append(reinterpret_cast<const char*>(frame.data), frame.total());
        }
        EXPECT_TRUE(ours == bytes_of(folder_ / "a.yuv")) << c.shown;
    }
}

TEST_F(OddVideoTest, HeedsOrientationInTheCodedStream) {
    for (const auto& [message, shown] : {std::pair{"rotate=90", "GWRB"},
                                         {"rotate=180", "WBGR"},
                                         {"flip=horizontal", "GRWB"},
                                         {"flip=vertical", "BWRG"}}) {
        make_quarters(fmt::format(
            "libx264 -qp 10 -g 3 -bsf:v h264_metadata=display_orientation=insert:{} a.mp4",
            message));
        const auto frames = frames_of(clip_of(folder_ / "a.mp4"), at_rate(std::nullopt));
        ASSERT_EQ(frames.size(), 6U);
        for (const cv::Mat& frame : frames) EXPECT_EQ(quarters(frame), shown) << message;
    }
}

TEST_F(OddVideoTest, HeedsOrientationInHevc) {
    using namespace std::string_literals;
    make_quarters("libx265 -x265-params qp=10:log-level=none:keyint=1 a.hevc");
    std::string stream = bytes_of(folder_ / "a.hevc");
    const std::size_t picture = stream.find("\0\0\1\x28"s);
    ASSERT_NE(picture, std::string::npos);
    // A display orientation message: a quarter turn to the left, for the whole sequence.
    stream.insert(picture, "\0\0\1\x4e\1\x2f\3\x08\0\x18\x80"s);
    test::write_text(folder_ / "a.hevc", stream);
    const auto frames = frames_of(clip_of(folder_ / "a.hevc"), at_rate(std::nullopt));
    ASSERT_EQ(frames.size(), 6U);
    for (const cv::Mat& frame : frames) EXPECT_EQ(quarters(frame), "GWRB");
}

TEST_F(OddVideoTest, TimeStartsAtTheFirstFrame) {
    ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=4 -c:v libx264 -qp 18 -g 25 -bf 2 v.mp4");
    const auto on_time = hashes_of(clip_of(folder_ / "v.mp4"), at_rate(10));
    ASSERT_EQ(on_time.size(), 4U);
    for (const std::string name : {"late.mkv", "late.mp4", "late.ts"}) {
        ffmpeg(
            "-f lavfi -t 11 -i sine=r=16000 -itsoffset 7 -i v.mp4 -map 0:a -map 1:v -c:v copy -c:a "
            "aac " +
            name);
        const ClipSpec clip = clip_of(folder_ / name);
        EXPECT_EQ(hashes_of(clip, at_rate(10)), on_time) << name;
        EXPECT_EQ(open_clip(clip, at_rate(10))->info().segments, 4) << name;
        ClipSpec part = clip;
        part.start_s = 2;
        part.duration_s = 1;
        EXPECT_EQ(hashes_of(part, at_rate(10)), std::vector{on_time[2]}) << name;
    }
}

TEST_F(OddVideoTest, RecordingsMayBeginWithinAGroupOfPictures) {
    ffmpeg(
        "-f lavfi -i testsrc2=s=64x48:r=25:d=6 -c:v libx264 -qp 18 -g 50 -sc_threshold 0 -bf 2 "
        "whole.ts");
    const std::string whole = bytes_of(folder_ / "whole.ts");
    constexpr std::size_t kPacket = 188;
    test::write_text(folder_ / "rest.ts", whole.substr(whole.size() / kPacket / 6 * kPacket));
    const auto all = hashes_of(clip_of(folder_ / "whole.ts"), at_rate(10));
    const auto rest = hashes_of(clip_of(folder_ / "rest.ts"), at_rate(10));
    EXPECT_EQ(rest, std::vector(all.begin() + 2, all.end()));
    EXPECT_EQ(rest.size(), 4U);
}

TEST_F(OddVideoTest, ContainersMayCountFromALateStart) {
    ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=4 -c:v libx264 -qp 18 v.mp4");
    const auto on_time = hashes_of(clip_of(folder_ / "v.mp4"), at_rate(10));
    for (const std::string name : {"off.mkv", "off.nut", "off.mp4", "off.ts"}) {
        ffmpeg("-i v.mp4 -c copy -output_ts_offset 7 " + name);
        const ClipSpec clip = clip_of(folder_ / name);
        EXPECT_EQ(hashes_of(clip, at_rate(10)), on_time) << name;
        ClipSpec part = clip;
        part.duration_s = 4;
        EXPECT_EQ(hashes_of(part, at_rate(10)), on_time) << name;
        part.start_s = 60;
        EXPECT_THROW(read_all(part, at_rate(10)), InputError) << name;
    }
    test::write_wav(folder_ / "a.wav", 9, true);
    ffmpeg("-i a.wav -c:a flac -output_ts_offset 9 off.mka");
    ClipSpec sound = clip_of(folder_ / "off.mka");
    sound.kind = "audio";
    EXPECT_EQ(frames_of(sound, at_rate(0.25)).size(), 3U);
}

TEST_F(OddVideoTest, AFlippedBitInWhatIsLosslessIsNoOtherRecording) {
    ffmpeg("-f lavfi -i testsrc2=s=64x48:r=10:d=2 -c:v ffv1 -level 3 v.mkv");
    ffmpeg("-f lavfi -i anoisesrc=r=16000:d=4:seed=1 -c:a flac v.flac");
    for (const std::string name : {"v.mkv", "v.flac"}) {
        ClipSpec clip = clip_of(folder_ / name);
        if (name == "v.flac") clip.kind = "audio";
        const double rate = name == "v.flac" ? 0.25 : 10;
        const auto whole = hashes_of(clip, at_rate(rate));
        const std::string bytes = bytes_of(clip.file);
        clip.file = folder_ / ("damaged-" + name);
        int refused = 0;
        for (std::size_t share = 20; share < 90; share += 2) {
            std::string damaged = bytes;
            damaged[bytes.size() * share / 100] ^= 16;
            test::write_text(clip.file, damaged);
            try {
                EXPECT_EQ(hashes_of(clip, at_rate(rate)), whole) << name << ' ' << share;
            } catch (const InputError&) {
                ++refused;
            }
        }
        EXPECT_GE(refused, 30) << name << ": of 35";
    }
}

TEST_F(OddVideoTest, TimeMayJumpWhereRecordingsWereJoined) {
    const std::string coding = "-c:v libx264 -qp 18 -bf 2 -f mpegts ";
    ffmpeg("-f lavfi -i testsrc2=s=64x48:r=25:d=4 " + coding + "a.ts");
    const auto first = hashes_of(clip_of(folder_ / "a.ts"), at_rate(10));
    ASSERT_EQ(first.size(), 4U);
    struct Case {
        const char* name;
        const char* options;
    };
    // The second recording's clock starts again, runs ahead, or goes on; with and without a flag.
    for (const Case& c : {Case{"back", "-mpegts_flags initial_discontinuity"},
                          Case{"ahead", "-output_ts_offset 34 -mpegts_flags initial_discontinuity"},
                          Case{"on", "-output_ts_offset 4.08 -mpegts_flags initial_discontinuity"},
                          Case{"plain-back", ""}, Case{"plain-ahead", "-output_ts_offset 34"},
                          Case{"plain-on", "-output_ts_offset 4.08"}}) {
        ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=4 " + coding + c.options + " b.ts");
        const auto second = hashes_of(clip_of(folder_ / "b.ts"), at_rate(10));
        ASSERT_EQ(second.size(), 4U);
        join({folder_ / "a.ts", folder_ / "b.ts"}, folder_ / "ab.ts");
        const ClipSpec clip = clip_of(folder_ / "ab.ts");
        auto both = first;
        both.insert(both.end(), second.begin(), second.end());
        EXPECT_EQ(hashes_of(clip, at_rate(10)), both) << c.name;
        EXPECT_EQ(frames_of(clip, at_rate(std::nullopt)).size(), 200U) << c.name;
        for (const std::size_t start : {2U, 5U}) {
            ClipSpec part = clip;
            part.start_s = static_cast<double>(start);
            part.duration_s = 1;
            EXPECT_EQ(hashes_of(part, at_rate(10)), std::vector{both[start]}) << c.name << start;
        }
    }
}

TEST_F(OddVideoTest, RecordingsMayBeJoinedWithAPauseBetween) {
    // With time stamps before packets as well, which are longer then.
    for (const std::string coding :
         {"libx264 -qp 18 -bf 2", "libx264 -qp 18 -bf 2 -mpegts_m2ts_mode 1",
          "libx265 -x265-params log-level=none", "mpeg2video -q:v 3 -bf 2"}) {
        const std::string form = "=s=64x48:r=20:d=2 -f mpegts -c:v " + coding;
        ffmpeg("-f lavfi -i testsrc2" + form + " a.ts");
        const auto first = frames_of(clip_of(folder_ / "a.ts"), at_rate(std::nullopt));
        ASSERT_EQ(first.size(), 40U);
        // The second begins early, late by little and by much, and so late that its clock is new.
        for (const double offset : {1.95, 2.01, 2.2, 5.0, 11.8, 13.0}) {
            ffmpeg(fmt::format("-f lavfi -i testsrc{} -output_ts_offset {} b.ts", form, offset));
            const auto second = frames_of(clip_of(folder_ / "b.ts"), at_rate(std::nullopt));
            for (const bool ahead : {true, false}) {
                const auto name = [&](bool a) { return folder_ / (a ? "a.ts" : "b.ts"); };
                join({name(ahead), name(!ahead)}, folder_ / "ab.ts");
                const ClipSpec clip = clip_of(folder_ / "ab.ts");
                auto both = ahead ? first : second;
                const auto& then = ahead ? second : first;
                both.insert(both.end(), then.begin(), then.end());
                const auto frames = frames_of(clip, at_rate(std::nullopt));
                ASSERT_EQ(frames.size(), 80U) << coding << offset;
                for (std::size_t i = 0; i < frames.size(); ++i) {
                    EXPECT_EQ(cv::norm(frames[i], both[i], cv::NORM_INF), 0) << coding << i;
                }
                const double pause = ahead && offset < 12 ? offset - 2 : 0;
                EXPECT_NEAR(static_cast<double>(frames_of(clip, at_rate(20)).size()),
                            80 + 20 * pause, 3)
                    << coding << offset;
            }
        }
    }
}

TEST_F(OddVideoTest, LostPacketsAreNoJoin) {
    ffmpeg("-f lavfi -i testsrc2=s=160x96:r=25:d=4 -c:v libx264 -qp 10 -g 10 -f mpegts a.ts");
    const std::string whole = bytes_of(folder_ / "a.ts");
    constexpr std::size_t kPacket = 188;
    const std::size_t packets = whole.size() / kPacket;
    const std::size_t all = frames_of(clip_of(folder_ / "a.ts"), at_rate(std::nullopt)).size();
    for (std::size_t lost = packets / 10; lost + 7 < packets; lost += packets / 40) {
        test::write_text(folder_ / "lost.ts",
                         whole.substr(0, lost * kPacket) + whole.substr((lost + 7) * kPacket));
        EXPECT_THROW(frames_of(clip_of(folder_ / "lost.ts"), at_rate(std::nullopt)), InputError)
            << lost << " of " << packets << ", " << all << " frames";
    }
}

TEST_F(OddVideoTest, PicturesMayChangeTheirSize) {
    const std::string part = "-f lavfi -i testsrc2=s={}:r=25:d=2 -c:v libx264 -qp 18 -bf 0 ";
    const std::string joined = "-mpegts_flags initial_discontinuity ";
    ffmpeg(fmt::format(fmt::runtime(part), "160x96") + joined + "a.ts");
    ffmpeg(fmt::format(fmt::runtime(part), "64x64") + "-output_ts_offset 2 " + joined + "b.ts");
    join({folder_ / "a.ts", folder_ / "b.ts"}, folder_ / "ab.ts");
    for (const std::array<int, 4>& matrix : {std::array{1, 0, 0, 1}, std::array{-1, 0, 0, -1},
                                             std::array{0, 1, -1, 0}, std::array{0, -1, -1, 0}}) {
        ffmpeg("-i ab.ts -c copy -tag:v avc3 ab.mp4");
        set_matrix(folder_ / "ab.mp4", matrix);
        const ClipSpec clip = clip_of(folder_ / "ab.mp4");
        ReadOptions options = at_rate(10);
        options.size = cv::Size(96, 96);
        const auto hashes = hashes_of(clip, options);
        ASSERT_EQ(hashes.size(), 4U);
        EXPECT_EQ(hashes, hashes_of(clip, options));
        // The second part as it is when it is alone, turned in the same way.
        ffmpeg("-i b.ts -c copy b.mp4");
        set_matrix(folder_ / "b.mp4", matrix);
        const auto alone = hashes_of(clip_of(folder_ / "b.mp4"), options);
        ASSERT_EQ(alone.size(), 2U);
        EXPECT_EQ(hashes[2], alone[0]);
        EXPECT_EQ(hashes[3], alone[1]);
    }
}

}  // namespace
}  // namespace oneadapt
