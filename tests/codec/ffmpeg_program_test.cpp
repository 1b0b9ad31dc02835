#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "codec/codec.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

struct Case {
    std::string codec;
    std::string preset;
    std::string configuration;
    double rate;          ///< of the kept frames
    std::string options;  ///< of the ffmpeg program

    friend void PrintTo(const Case& test, std::ostream* out) {
        *out << test.codec << " " << test.preset << " " << test.configuration;
    }
};

/// Sizes equal those that the ffmpeg program writes for the same frames and options.
class FfmpegProgramTest : public ::testing::TestWithParam<Case> {
  protected:
    std::int64_t size_of_program(const Segment& segment, const std::vector<int>& kept) const {
        const auto raw = folder_ / "frames.yuv";
        const auto coded = folder_ / "stream";
        std::ofstream out(raw, std::ios::binary);
        for (const int index : kept) {
            const cv::Mat& frame = segment.frames.at(static_cast<std::size_t>(index));
            out.write(reinterpret_cast<const char*>(frame.data),
                      static_cast<std::streamsize>(frame.total()));
        }
        out.close();
        const Case& test = GetParam();
        const std::string command = fmt::format(
            "{} -nostdin -v error -y -f rawvideo -pix_fmt yuv420p -s {}x{} -r {} -i {} {} "
            "-preset {} -threads 1 -f {} {}",
            FFMPEG_PROGRAM, segment.size.width, segment.size.height, test.rate, raw.string(),
            test.options, test.preset, test.codec == "h264" ? "h264" : "hevc", coded.string());
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        return static_cast<std::int64_t>(std::filesystem::file_size(coded));
    }

    test::TempFolder folder_;
};

TEST_P(FfmpegProgramTest, WritesAsManyBytes) {
    const Segment segment = test::pattern_segment({192, 128}, 10);
    const auto codec = find_codec(GetParam().codec).create(GetParam().preset);
    const Encoded encoded = codec->encode(segment, Configuration::parse(GetParam().configuration));
    const auto expected = static_cast<double>(size_of_program(segment, encoded.kept));
    EXPECT_NEAR(static_cast<double>(encoded.bytes), expected, 0.01 * expected);
}

const std::string kH265 = "-c:v libx265 -x265-params pools=1:log-level=none:qp=";

INSTANTIATE_TEST_SUITE_P(
    All, FfmpegProgramTest,
    ::testing::Values(
        Case{"h264", "medium", "qp=20", 10, "-c:v libx264 -qp 20"},
        Case{"h264", "medium", "qp=36", 10, "-c:v libx264 -qp 36"},
        Case{"h264", "medium", "qp=50", 10, "-c:v libx264 -qp 50"},
        Case{"h264", "ultrafast", "qp=28", 10, "-c:v libx264 -qp 28"},
        Case{"h264", "slow", "qp=28", 10, "-c:v libx264 -qp 28"},
        Case{"h264", "medium", "bframe-bias=-100,qp=28", 10, "-c:v libx264 -qp 28 -b-bias -100"},
        Case{"h264", "medium", "bframe-bias=100,qp=28", 10, "-c:v libx264 -qp 28 -b-bias 100"},
        Case{"h264", "medium", "framerate=5,qp=28", 5, "-c:v libx264 -qp 28"},
        Case{"h264", "medium", "filter-pixel=0.5,qp=28", 10, "-c:v libx264 -qp 28"},
        Case{"h264", "medium", "qp=28,resolution=0.67", 10,
             "-c:v libx264 -qp 28 -vf scale=128:86:flags=bilinear"},
        Case{"h265", "medium", "qp=20", 10, kH265 + "20"},
        Case{"h265", "medium", "qp=40", 10, kH265 + "40"},
        Case{"h265", "ultrafast", "qp=28", 10, kH265 + "28"},
        Case{"h265", "medium", "bframe-bias=100,qp=28", 10, kH265 + "28:bframe-bias=100"},
        Case{"h265", "medium", "framerate=5,qp=28", 5, kH265 + "28"},
        Case{"h265", "medium", "filter-pixel=0.5,qp=28", 10, kH265 + "28"}));

}  // namespace
}  // namespace oneadapt
