#pragma once

#include <memory>

#include "media/clip.hpp"

namespace oneadapt {

/// Opens a folder of LiDAR sweeps (see find_sweeps() for their order and times, and PointReader for
/// their points).
///
/// A frame is the latest sweep that is not later than it, up to 5 ms of jitter; so the last sweep
/// is shown again where some were lost, for at most kLongestHole. The clip ends a usual turn after
/// its last sweep. At the native rate every sweep is a frame; UsageError when they are at uneven
/// times.
std::unique_ptr<ClipReader> open_lidar(const ClipSpec& clip, const ReadOptions& options);

/// The list of times, where it lies beside the folder.
std::vector<std::filesystem::path> files_beside_sweeps(const ClipSpec& clip);

}  // namespace oneadapt
