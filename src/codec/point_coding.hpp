#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// Positions are rounded to a lattice over a cube centred on the sensor, whatever the sweep holds,
/// so that a number of bits is a step in metres. Points outside are not sent.
inline constexpr float kCubeSide = 204.8F;  ///< metres: spinning LiDARs see about 100 m far

/// The step of the lattice in metres: kCubeSide / (2^bits - 1), which is 1.25 cm for 14 bits, 10 cm
/// for 11 and 80 cm for 8. A coordinate is off by half of it at most.
double lattice_step(int bits);

/// Draco's bytes for points (CV_32F, N x 4, see read_points()): positions with 1 to 20 bits per
/// coordinate, intensities with 8. Points that share a place of the lattice are all kept; their
/// order is not, since that is what Draco's k-d tree saves.
///
/// `bits` holds a number for each region of a sweep (media/regions.hpp), or a single one for all of
/// them: all points with the same number of bits make one cloud, each cloud after its length as a
/// varint. Throws UsageError for another number of numbers.
std::vector<std::uint8_t> encode_points(const cv::Mat& points, const std::vector<double>& bits);

/// The inverse, up to the lattice and the order.
cv::Mat decode_points(std::span<const std::uint8_t> bytes);

/// round(share * N) of the points. Taken are first one point of each half-metre voxel, then a
/// second one of those that have it, and so on: where points are dense they are redundant, and a
/// distant object that returned few loses none while its surroundings can spare some. Which one of
/// a voxel is pseudo-random, but depends on the points alone and not on their order; a smaller
/// share is part of a larger one.
cv::Mat thin_points(const cv::Mat& points, double share);

}  // namespace oneadapt
