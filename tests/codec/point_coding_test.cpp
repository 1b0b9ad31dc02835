#include "codec/point_coding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/regions.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using Point = std::array<float, 4>;

std::vector<Point> sorted(const cv::Mat& points) {
    std::vector<Point> out;
    for (int i = 0; i < points.rows; ++i) {
        const auto* point = points.ptr<float>(i);
        out.push_back({point[0], point[1], point[2], point[3]});
    }
    std::ranges::sort(out);
    return out;
}

cv::Mat random_points(int count, float reach) {
    cv::RNG rng(5);
    cv::Mat points(count, 4, CV_32F);
    rng.fill(points, cv::RNG::UNIFORM, -reach, reach);
    rng.fill(points.col(3), cv::RNG::UNIFORM, 0, 1);
    return points;
}

cv::Mat shuffled(const cv::Mat& points) {
    cv::Mat reversed;
    cv::flip(points, reversed, 0);
    return reversed;
}

cv::Mat through(const cv::Mat& points, int bits) {
    return decode_points(encode_points(points, {static_cast<double>(bits)}));
}

TEST(PointCoding, APointIsOffByHalfAStepAtMost) {
    const cv::Mat points = random_points(1, 40);
    for (const int bits : {14, 11, 8, 4, 20}) {
        const cv::Mat decoded = through(points, bits);
        ASSERT_EQ(decoded.size(), points.size());
        const double most = cv::norm(decoded.colRange(0, 3), points.colRange(0, 3), cv::NORM_INF);
        EXPECT_LE(most, 0.5 * lattice_step(bits) + 2e-5) << bits;
        EXPECT_NEAR(decoded.at<float>(0, 3), points.at<float>(0, 3), 0.5 / 255 + 1e-6);
    }
    EXPECT_NEAR(lattice_step(14), 0.0125, 1e-5);
    EXPECT_NEAR(lattice_step(11), 0.1, 1e-4);
    EXPECT_NEAR(lattice_step(8), 0.8, 0.004);
}

TEST(PointCoding, EveryPointArrivesAndFewerBitsAreFewerBytes) {
    const cv::Mat points = random_points(5000, 20);
    std::size_t bytes = points.total() * sizeof(float);
    for (const double bits : {14, 12, 10, 8}) {
        const auto encoded = encode_points(points, {bits});
        EXPECT_LT(encoded.size(), bytes) << bits;
        bytes = encoded.size();
        EXPECT_EQ(decode_points(encoded).rows, points.rows) << "places may be shared";
    }
}

TEST(PointCoding, TheLatticeIsTheSameForEverySweep) {
    const cv::Mat near = random_points(1, 1);
    cv::Mat both = random_points(2, 100);
    near.copyTo(both.row(0));
    const auto all = sorted(through(both, 9));
    EXPECT_TRUE(std::ranges::find(all, sorted(through(near, 9)).front()) != all.end());
}

TEST(PointCoding, OrderDoesNotMatter) {
    const cv::Mat points = random_points(3000, 20);
    for (const int bits : {14, 8}) {
        EXPECT_EQ(sorted(through(points, bits)), sorted(through(shuffled(points), bits)));
        const auto size = [bits](const cv::Mat& cloud) {
            return static_cast<double>(encode_points(cloud, {static_cast<double>(bits)}).size());
        };
        EXPECT_NEAR(size(shuffled(points)) / size(points), 1, 0.005);
    }
    EXPECT_EQ(sorted(thin_points(points, 0.3)), sorted(thin_points(shuffled(points), 0.3)));
}

TEST(PointCoding, EachTileHasItsOwnBits) {
    const cv::Mat points = random_points(4000, 25);
    std::vector<double> bits(kSweepRegions, 14);
    std::fill_n(bits.begin(), kSweepSectors, 8);  // the innermost ring
    const auto packet = encode_points(points, bits);
    EXPECT_LT(packet.size(), encode_points(points, {14}).size());
    EXPECT_GT(packet.size(), encode_points(points, {8}).size());
    std::set<Point> fine;
    for (const Point& point : sorted(through(points, 14))) fine.insert(point);
    const cv::Mat decoded = decode_points(packet);
    ASSERT_EQ(decoded.rows, points.rows);
    std::size_t near = 0;
    for (const Point& point : sorted(decoded)) {
        const double far = std::hypot(point[0], point[1]);
        if (far < 6.4 - lattice_step(8)) {
            ++near;
        } else if (far > 6.4 + lattice_step(8)) {
            EXPECT_TRUE(fine.contains(point)) << "as if all had 14 bits";
        }
    }
    EXPECT_GT(near, 10U);
}

TEST(PointCoding, EqualBitsInAllTilesAreOneNumberForAll) {
    const cv::Mat points = random_points(500, 20);
    EXPECT_EQ(encode_points(points, std::vector<double>(kSweepRegions, 11)),
              encode_points(points, {11}));
    EXPECT_THAT(
        [&] {
            encode_points(points, {11, 12});
        },
        ::testing::ThrowsMessage<UsageError>(
            ::testing::HasSubstr("has 2 values; give one, or 8 rings of 8 sectors")));
    const cv::Mat none(0, 4, CV_32F);
    EXPECT_EQ(decode_points(encode_points(none, std::vector<double>(kSweepRegions, 9))).rows, 0);
}

TEST(PointCoding, ATornPacketIsRefused) {
    auto packet = encode_points(random_points(500, 20), {11});
    packet.resize(packet.size() / 2);
    EXPECT_THROW(decode_points(packet), std::runtime_error);
}

TEST(PointCoding, NothingAndWhatIsTooFarAreNotSent) {
    EXPECT_EQ(through(cv::Mat(0, 4, CV_32F), 14).rows, 0);
    const cv::Mat points = (cv::Mat_<float>(3, 4) << 1, 2, 3, 0, 150, 0, 0, 0, 102.4F, 0, 0, 1);
    const cv::Mat decoded = through(points, 14);
    EXPECT_EQ(decoded.rows, 2);
}

TEST(ThinPoints, KeepsItsShareAndLessIsAPartOfMore) {
    const cv::Mat points = random_points(1000, 3);
    const auto half = sorted(thin_points(points, 0.5));
    const auto tenth = sorted(thin_points(points, 0.1));
    EXPECT_EQ(half.size(), 500U);
    EXPECT_EQ(tenth.size(), 100U);
    EXPECT_TRUE(std::ranges::includes(half, tenth));
    EXPECT_EQ(thin_points(points, 1).data, points.data);
    EXPECT_EQ(thin_points(points, 1e-4).rows, 0);
    EXPECT_EQ(thin_points(cv::Mat(0, 4, CV_32F), 0.5).rows, 0);
}

TEST(ThinPoints, LonelyPointsStayLongest) {
    cv::Mat points = random_points(1000, 0.2F);  // the eight voxels round the origin
    for (int i = 0; i < 50; ++i) points.at<float>(i, 0) += static_cast<float>(10 + i);
    const cv::Mat kept = thin_points(points, 0.1);
    int lonely = 0;
    for (int i = 0; i < kept.rows; ++i) lonely += kept.at<float>(i, 0) > 5 ? 1 : 0;
    EXPECT_EQ(kept.rows, 100);
    EXPECT_EQ(lonely, 50);
}

}  // namespace
}  // namespace oneadapt
