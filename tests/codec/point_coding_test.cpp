#include "codec/point_coding.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>

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
    return decode_points(encode_points(points, bits));
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
    for (const int bits : {14, 12, 10, 8}) {
        const auto encoded = encode_points(points, bits);
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
        const auto bytes = static_cast<double>(encode_points(points, bits).size());
        EXPECT_NEAR(static_cast<double>(encode_points(shuffled(points), bits).size()) / bytes, 1,
                    0.005);
    }
    EXPECT_EQ(sorted(thin_points(points, 0.3)), sorted(thin_points(shuffled(points), 0.3)));
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
