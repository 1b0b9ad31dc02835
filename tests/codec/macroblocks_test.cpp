#include "codec/macroblocks.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/codec.hpp"
#include "support/errors.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const cv::Size kSize(64, 32);  // four by two macroblocks

struct Block {
    int left, top, right, bottom, offset;
    auto operator<=>(const Block&) const = default;
};

std::vector<Block> found(const std::vector<double>& qps, cv::Size sent) {
    std::vector<Block> out;
    for (const AVRegionOfInterest& roi : find_macroblocks(qps, 24, kSize, sent)) {
        EXPECT_EQ(roi.qoffset.den, 51);
        out.push_back({roi.left, roi.top, roi.right, roi.bottom, roi.qoffset.num});
    }
    return out;
}

TEST(Macroblocks, EqualNeighboursInARowAreOneRegion) {
    EXPECT_EQ(found({24, 36, 36, 24, 30, 30, 36, 24}, kSize),
              (std::vector<Block>{{16, 0, 48, 16, 12}, {0, 16, 32, 32, 6}, {32, 16, 48, 32, 12}}));
    EXPECT_TRUE(found({24}, kSize).empty());
    EXPECT_EQ(found({27}, kSize), (std::vector<Block>{{0, 0, 64, 16, 3}, {0, 16, 64, 32, 3}}));
}

TEST(Macroblocks, OfASmallerPictureTakeTheRegionUnderTheirMiddle) {
    const std::vector<double> qps = {24, 36, 36, 24, 30, 30, 36, 24};
    // At half the size the middles lie under (16, 16) and (48, 16): both in the second row.
    EXPECT_EQ(found(qps, {32, 16}), (std::vector<Block>{{0, 0, 16, 16, 6}}));
}

TEST(Macroblocks, AnotherNumberOfValuesIsRefused) {
    EXPECT_THAT(
        [] {
            find_macroblocks({24, 36}, 24, kSize, kSize);
        },
        ThrowsMessage<UsageError>(
            HasSubstr("has 2 values for frames of 64x32; give one, or 2 rows of 4")));
}

class MacroblockTest : public ::testing::Test {
  protected:
    Encoded encode(const Configuration& configuration) const {
        return codec_->encode(segment_, configuration);
    }
    Encoded encode(const std::string& text) const { return encode(Configuration::parse(text)); }
    /// Mean absolute error of a part of the luma planes.
    double error(const Encoded& encoded, cv::Rect part) const {
        const auto frames = codec_->decode(encoded);
        double sum = 0;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            sum += cv::norm(frames[i](part), segment_.frames[i](part), cv::NORM_L1) / part.area();
        }
        return sum / static_cast<double>(frames.size());
    }

    /// A QP for each of 12 x 8 blocks: 24 in the left half, 42 in the right.
    static std::vector<double> left_fine() {
        std::vector<double> qps(std::size_t{12} * 8);
        for (std::size_t block = 0; block < qps.size(); ++block) {
            qps[block] = block % 12 < 6 ? 24 : 42;
        }
        return qps;
    }

    const cv::Size size_{192, 128};
    std::unique_ptr<Codec> codec_ = find_codec("h264").create("medium");
    Segment segment_ = test::pattern_segment(size_, 10);
};

TEST_F(MacroblockTest, OneQpForAllIsAsConstantQp) {
    for (const int qp : {20, 24, 36, 42}) {
        const Encoded constant = encode(fmt::format("qp={}", qp));
        const Encoded by_block = encode(fmt::format("macroblock={}", qp));
        const auto bytes = static_cast<double>(constant.bytes);
        EXPECT_NEAR(static_cast<double>(by_block.bytes) / bytes, 1, 0.03) << qp;
        const auto pictures = codec_->decode(constant);
        const auto pictures_by_block = codec_->decode(by_block);
        ASSERT_EQ(pictures_by_block.size(), pictures.size());
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            EXPECT_EQ(cv::norm(pictures_by_block[i], pictures[i], cv::NORM_INF), 0)
                << qp << " " << i;
        }
    }
}

TEST_F(MacroblockTest, EachHalfHasTheQualityOfItsOwnQp) {
    Configuration configuration;
    configuration.set_regions("macroblock", left_fine());
    const Encoded fine = encode("macroblock=24");
    const Encoded coarse = encode("macroblock=42");
    const Encoded both = encode(configuration);
    EXPECT_LT(both.bytes, fine.bytes);
    EXPECT_GT(both.bytes, coarse.bytes);
    // Away from the seam, over which blocks predict each other.
    const cv::Rect left(0, 0, 64, 128);
    const cv::Rect right(128, 0, 64, 128);
    EXPECT_NEAR(error(both, left) / error(fine, left), 1, 0.15);
    EXPECT_NEAR(error(both, right) / error(coarse, right), 1, 0.15);
    EXPECT_GT(error(coarse, right), 2 * error(fine, right));
}

TEST_F(MacroblockTest, GoesWithAnotherResolution) {
    Configuration configuration = Configuration::parse("resolution=0.67");
    configuration.set_regions("macroblock", left_fine());
    const Encoded both = encode(configuration);
    EXPECT_LT(both.bytes, encode("macroblock=24,resolution=0.67").bytes);
    EXPECT_GT(both.bytes, encode("macroblock=42,resolution=0.67").bytes);
}

TEST_F(MacroblockTest, IsOfX264Alone) {
    EXPECT_THROW(check_codec(find_codec("h265"), "video", {"macroblock"}), UsageError);
    EXPECT_EQ(default_codec("video", {"macroblock", "resolution"}).name, "h264");
    EXPECT_THROW(encode("macroblock=60"), UsageError);
    EXPECT_THROW(encode("macroblock=24x3:36"), UsageError);
}

}  // namespace
}  // namespace oneadapt
