#include "measure/difference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include <opencv2/imgproc.hpp>

#include "dnn/input.hpp"
#include "dnn/model.hpp"

namespace oneadapt::test {
namespace {

std::vector<cv::Mat> noise(cv::Size size, int frames, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<cv::Mat> pictures;
    for (int i = 0; i < frames; ++i) {
        cv::Mat picture(size.height * 3 / 2, size.width, CV_8UC1);
        for (auto& pixel : cv::Mat_<std::uint8_t>(picture)) {
            pixel = static_cast<std::uint8_t>(random() & 255);
        }
        pictures.push_back(picture);
    }
    return pictures;
}

/// The definition, word by word.
cv::Mat naive(const std::vector<cv::Mat>& source, const std::vector<cv::Mat>& decoded,
              const std::vector<int>& kept) {
    const cv::Size size(source[0].cols, source[0].rows * 2 / 3);
    cv::Mat map((size.height + kTileSize - 1) / kTileSize, (size.width + kTileSize - 1) / kTileSize,
                CV_32F);
    for (int row = 0; row < map.rows; ++row) {
        for (int column = 0; column < map.cols; ++column) {
            double frames_sum = 0;
            for (int frame = 0; frame < static_cast<int>(source.size()); ++frame) {
                std::size_t last = 0;
                while (last + 1 < kept.size() && kept[last + 1] <= frame) ++last;
                cv::Mat a, b;
                cv::cvtColor(source[static_cast<std::size_t>(frame)], a, cv::COLOR_YUV2RGB_I420);
                cv::cvtColor(decoded[last], b, cv::COLOR_YUV2RGB_I420);
                double sum = 0;
                int pixels = 0;
                for (int y = row * kTileSize; y < std::min((row + 1) * kTileSize, size.height);
                     ++y) {
                    for (int x = column * kTileSize;
                         x < std::min((column + 1) * kTileSize, size.width); ++x, ++pixels) {
                        for (int c = 0; c < 3; ++c) {
                            sum += std::abs(a.at<cv::Vec3b>(y, x)[c] - b.at<cv::Vec3b>(y, x)[c]) /
                                   255.0;
                        }
                    }
                }
                frames_sum += sum / pixels;
            }
            map.at<float>(row, column) =
                static_cast<float>(frames_sum / static_cast<double>(source.size()));
        }
    }
    return map;
}

InputSpace rgb() {
    Sidecar sidecar;
    sidecar.input_kind = "video";
    return input_space(sidecar);
}

void expect_near(const cv::Mat& a, const cv::Mat& b) {
    ASSERT_EQ(a.size(), b.size());
    ASSERT_EQ(a.type(), CV_32F);
    EXPECT_LT(cv::norm(a, b, cv::NORM_INF), 1e-6);
}

TEST(Difference, EqualsTheDefinition) {
    for (const cv::Size size : {cv::Size(64, 32), cv::Size(70, 38), cv::Size(10, 6)}) {
        const auto source = noise(size, 5, 1);
        for (const std::vector<int>& kept : {std::vector{0, 1, 2, 3, 4}, std::vector{0, 2, 4},
                                             std::vector{0, 3}, std::vector{0}}) {
            const auto decoded = noise(size, static_cast<int>(kept.size()), 2);
            expect_near(
                difference_map(pictures_of(source, rgb()), pictures_of(decoded, rgb()), kept),
                naive(source, decoded, kept));
        }
    }
}

TEST(Difference, IsZeroForALosslessCodec) {
    const auto source = noise({64, 32}, 3, 1);
    EXPECT_EQ(cv::countNonZero(difference_map(pictures_of(source, rgb()),
                                              pictures_of(source, rgb()), {0, 1, 2})),
              0);
}

TEST(Difference, OfBlackAndWhiteIsThreeChannels) {
    const cv::Mat black(48, 32, CV_8UC1, cv::Scalar(16)), white(48, 32, CV_8UC1, cv::Scalar(235));
    for (const cv::Mat& chroma : {black.rowRange(32, 48), white.rowRange(32, 48)}) {
        cv::Mat(chroma).setTo(128);
    }
    const cv::Mat map =
        difference_map(pictures_of({black}, rgb()), pictures_of({white}, rgb()), {0});
    EXPECT_EQ(map.size(), cv::Size(2, 2));
    EXPECT_EQ(cv::countNonZero(map != 3.0F), 0);
}

}  // namespace
}  // namespace oneadapt::test
