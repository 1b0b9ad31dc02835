#include "media/regions.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace oneadapt
