#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// How a `.bin` file of points is laid out: a row of the table of layouts.
struct PointLayout {
    std::string name;
    std::string columns;  ///< a letter for each number of a point: x, y, z, i(ntensity), others
    std::size_t number_bytes;  ///< 4 or 8: of a little-endian float

    std::size_t point_bytes() const { return columns.size() * number_bytes; }
};

/// Every layout there is; the first is what a file is taken for unless another one is named.
const std::vector<PointLayout>& point_layouts();

/// The row of that name; throws UsageError with the list of valid ones.
const PointLayout& find_point_layout(const std::string& name);

/// The points in `bytes`: CV_32F, N x 4 (x, y, z, intensity), as recorded; without intensity it
/// is 0. Throws InputError naming `file` when they end within a point.
cv::Mat unpack_points(const std::string& bytes, const PointLayout& layout,
                      const std::filesystem::path& file);

/// Throws InputError, naming the layout that fits, when one point in fifty or more has numbers in
/// that layout that no sensor would give: a coordinate beyond 1 km, an intensity below 0 or of more
/// than 16 bits, a ring that is no whole number from 0 to 255, or any of them all but 0. Fewer than
/// 32 points tell nothing.
void check_layout(const std::string& bytes, const PointLayout& layout,
                  const std::filesystem::path& file);

}  // namespace oneadapt
