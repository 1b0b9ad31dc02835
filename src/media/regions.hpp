#pragma once

#include <cstddef>

#include <opencv2/core.hpp>

namespace oneadapt {

/// How frames are cut into regions, so that a regional knob can have a value for each. Regions
/// count row after row.

/// Side of a picture's regions in pixels of the analysis size: the macroblocks of H.264.
inline constexpr int kRegionSide = 16;

/// Columns and rows of a picture's regions; those at the right and the lower edge may be cut off.
cv::Size picture_regions(cv::Size analysis);

/// A sweep's regions: sectors of 45 degrees (columns) of rings 6.4 m wide (rows).
inline constexpr int kSweepSectors = 8;
inline constexpr int kSweepRings = 8;
inline constexpr std::size_t kSweepRegions = std::size_t{kSweepSectors} * kSweepRings;

/// The region of a point, in metres from the sensor: sectors count from straight behind it against
/// the clock, rings from the sensor outwards, and the last ring has no end.
int sweep_region(double x, double y);

}  // namespace oneadapt
