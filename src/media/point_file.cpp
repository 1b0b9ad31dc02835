#include "media/point_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "media/pcd_file.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {
namespace {

constexpr std::size_t kPointBytes = 4 * sizeof(float);
constexpr std::uintmax_t kLargestSweep = std::uintmax_t{1} << 30;  ///< bytes

cv::Mat parse_bin(const std::string& bytes, const std::filesystem::path& file) {
    const std::size_t rest = bytes.size() % kPointBytes;
    if (rest != 0) {
        throw InputError(file.string(),
                         fmt::format("ends {} bytes after its last whole point, at offset {}", rest,
                                     bytes.size() - rest),
                         "a .bin file is four 32-bit floats per point: x, y, z, intensity");
    }
    cv::Mat points(static_cast<int>(bytes.size() / kPointBytes), 4, CV_32F);
    if (!bytes.empty()) std::memcpy(points.data, bytes.data(), bytes.size());
    return points;
}

/// Only the finite points, their intensities in [0,1].
cv::Mat cleaned(cv::Mat points) {
    int kept = 0;
    float brightest = 0;
    for (int i = 0; i < points.rows; ++i) {
        const auto* from = points.ptr<float>(i);
        if (!std::all_of(from, from + 3, [](float metres) { return std::isfinite(metres); })) {
            continue;
        }
        auto* to = points.ptr<float>(kept++);
        std::copy(from, from + 4, to);
        if (!std::isfinite(to[3])) to[3] = 0;
        brightest = std::max(brightest, to[3]);
    }
    points.resize(static_cast<std::size_t>(kept));
    const float one = brightest > 1.0F ? 255.0F : 1.0F;
    for (int i = 0; i < kept; ++i) {
        auto& intensity = points.at<float>(i, 3);
        intensity = std::clamp(intensity / one, 0.0F, 1.0F);
    }
    return points;
}

}  // namespace

cv::Mat read_points(const std::filesystem::path& file) {
    const std::string bytes =
        read_bytes(file, FileRole::input, "name a .bin or .pcd file", kLargestSweep);
    return cleaned(file.extension() == ".pcd" ? parse_pcd(bytes, file) : parse_bin(bytes, file));
}

}  // namespace oneadapt
