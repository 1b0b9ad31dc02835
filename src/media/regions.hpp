#pragma once

#include <cstddef>
#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// How frames are cut into regions, so that a regional knob can have a value for each. Regions
/// count row after row.

/// Side of a picture's regions in pixels of the analysis size: the macroblocks of H.264.
inline constexpr int kRegionSide = 16;

/// Columns and rows of a picture's regions; those at the right and the lower edge may be cut off.
cv::Size picture_regions(cv::Size analysis);

/// An I420 frame (see Segment) of which only the `wanted` regions, one entry for each, show
/// something: the rest is black. Throws std::logic_error for another number of regions.
cv::Mat only_picture_regions(const cv::Mat& frame, const std::vector<bool>& wanted);

/// A sweep's regions: sectors of 45 degrees (columns) of rings 6.4 m wide (rows).
inline constexpr int kSweepSectors = 8;
inline constexpr int kSweepRings = 8;
inline constexpr std::size_t kSweepRegions = std::size_t{kSweepSectors} * kSweepRings;

/// The region of a point, in metres from the sensor: sectors count from straight behind it against
/// the clock, rings from the sensor outwards, and the last ring has no end.
int sweep_region(double x, double y);

/// The points of a sweep (see read_points()) that lie in the `wanted` regions, one entry for each,
/// in their order. Throws std::logic_error for another number of regions.
cv::Mat only_sweep_regions(const cv::Mat& sweep, const std::vector<bool>& wanted);

}  // namespace oneadapt
