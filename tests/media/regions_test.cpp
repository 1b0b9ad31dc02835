#include "media/regions.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

namespace oneadapt {
namespace {

TEST(Regions, PicturesAreCutIntoMacroblocks) {
    EXPECT_EQ(picture_regions({640, 384}), cv::Size(40, 24));
    EXPECT_EQ(picture_regions({17, 16}), cv::Size(2, 1));
    EXPECT_EQ(picture_regions({1, 1}), cv::Size(1, 1));
}

TEST(Regions, SweepsAreCutIntoSectorsOfRings) {
    EXPECT_EQ(sweep_region(-1, -1e-6), 0) << "straight behind, where the count begins";
    EXPECT_EQ(sweep_region(-1, 1e-6), kSweepSectors - 1);
    EXPECT_EQ(sweep_region(1, 1e-6), kSweepSectors / 2) << "ahead, a hair to the left";
    EXPECT_EQ(sweep_region(1, -1e-6), kSweepSectors / 2 - 1);
    EXPECT_EQ(sweep_region(6.5, 1e-6), kSweepSectors + kSweepSectors / 2);
    EXPECT_EQ(sweep_region(1000, 1e-6), 7 * kSweepSectors + kSweepSectors / 2);
}

TEST(Regions, EverySectorAndRingIsReached) {
    for (int ring = 0; ring < kSweepRings; ++ring) {
        for (int sector = 0; sector < kSweepSectors; ++sector) {
            const double angle =
                -std::numbers::pi + (sector + 0.5) * 2 * std::numbers::pi / kSweepSectors;
            const double far = (ring + 0.5) * 6.4;
            EXPECT_EQ(sweep_region(far * std::cos(angle), far * std::sin(angle)),
                      ring * kSweepSectors + sector);
        }
    }
    EXPECT_EQ(sweep_region(0, 0), sweep_region(1, 1e-6)) << "the sensor itself looks ahead";
}

/// A picture of 34 x 20 pixels: three by two regions, of which those at the edges are cut off.
TEST(Regions, UnwantedOnesOfAPictureAreBlack) {
    const cv::Mat frame(30, 34, CV_8UC1, cv::Scalar(77));
    const cv::Mat shown = only_picture_regions(frame, {true, false, true, false, true, false});
    ASSERT_EQ(shown.size(), frame.size());
    for (int y = 0; y < 20; ++y) {
        for (int x = 0; x < 34; ++x) {
            const bool wanted = (x / 16 + y / 16) % 2 == 0;
            const int chroma = y / 2 * 17 + x / 2;
            EXPECT_EQ(shown.data[y * 34 + x], wanted ? 77 : 16);
            EXPECT_EQ(shown.data[34 * 20 + chroma], wanted ? 77 : 128);
            EXPECT_EQ(shown.data[34 * 20 + 17 * 10 + chroma], wanted ? 77 : 128);
        }
    }
    EXPECT_EQ(cv::countNonZero(frame != 77), 0) << "the frame itself stays as it is";
    EXPECT_THROW(only_picture_regions(frame, std::vector<bool>(5)), std::logic_error);
}

TEST(Regions, PointsOfUnwantedOnesAreDropped) {
    const cv::Mat sweep =
        (cv::Mat_<float>(4, 4) << 1, 1e-6, 0, 0.1, 7, 1e-6, 0, 0.2, -1, 1, 0, 0.3, 2, 1e-6, 0, 0.4);
    std::vector<bool> wanted(kSweepRegions);
    wanted.at(kSweepSectors / 2) = true;
    const cv::Mat shown = only_sweep_regions(sweep, wanted);
    ASSERT_EQ(shown.size(), cv::Size(4, 2));
    EXPECT_EQ(cv::countNonZero(shown.row(0) != sweep.row(0)), 0);
    EXPECT_EQ(cv::countNonZero(shown.row(1) != sweep.row(3)), 0);
    EXPECT_EQ(only_sweep_regions(sweep, std::vector<bool>(kSweepRegions)).size(), cv::Size(4, 0));
    EXPECT_THROW(only_sweep_regions(sweep, std::vector<bool>(63)), std::logic_error);
}

}  // namespace
}  // namespace oneadapt
