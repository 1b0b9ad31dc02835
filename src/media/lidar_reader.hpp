#pragma once

#include <memory>

#include "media/clip.hpp"

namespace oneadapt {

/// Opens a folder of LiDAR sweeps: `.bin` or `.pcd` files (see read_points()), in the order of
/// their names, shorter names first, so that 9 comes before 10. Other files are left alone.
///
/// `timestamps.txt` has a line per sweep, in order: seconds, or `2011-09-26 13:02:25.594360375` as
/// KITTI writes them; without it there are ten sweeps a second. A frame is the latest sweep that is
/// not later than it, up to 5 ms of jitter; at the native rate every sweep is a frame.
std::unique_ptr<ClipReader> open_lidar(const ClipSpec& clip, const ReadOptions& options);

}  // namespace oneadapt
