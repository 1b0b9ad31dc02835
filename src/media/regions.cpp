#include "media/regions.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oneadapt {

cv::Size picture_regions(cv::Size analysis) {
    return {(analysis.width + kRegionSide - 1) / kRegionSide,
            (analysis.height + kRegionSide - 1) / kRegionSide};
}

int sweep_region(double x, double y) {
    constexpr double kRingWidth = 6.4;
    const double turn = (std::atan2(y, x) + std::numbers::pi) / (2 * std::numbers::pi);
    const int sector = std::min(static_cast<int>(turn * kSweepSectors), kSweepSectors - 1);
    const double ring = std::min(std::hypot(x, y) / kRingWidth, kSweepRings - 1.0);
    return static_cast<int>(ring) * kSweepSectors + sector;
}

}  // namespace oneadapt
