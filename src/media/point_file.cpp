#include "media/point_file.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "media/pcd_file.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {
namespace {

constexpr std::uintmax_t kLargestSweep = std::uintmax_t{1} << 30;  ///< bytes
constexpr std::size_t kDecidingSweeps = 10;
constexpr double kDecidingShare = 0.99;  ///< of the intensities

/// An intensity that counts as 1, and what most intensities of such a sensor do not exceed.
struct Scale {
    float one;
    float most;
};
constexpr Scale kScales[] = {
    {1, 2}, {255, 255}, {1023, 1023}, {4095, 4095}, {65535, 65535},
};

std::string bytes_of(const std::filesystem::path& file) {
    return read_bytes(file, FileRole::input, "name a .bin or .pcd file", kLargestSweep);
}

bool is_pcd(const std::filesystem::path& file) {
    return file.extension() == ".pcd";
}

/// Only the points that are finite.
cv::Mat returns_of(cv::Mat points) {
    int kept = 0;
    for (int i = 0; i < points.rows; ++i) {
        const auto* from = points.ptr<float>(i);
        if (!std::all_of(from, from + 3, [](float metres) { return std::isfinite(metres); })) {
            continue;
        }
        auto* to = points.ptr<float>(kept++);
        std::copy(from, from + 4, to);
        if (!std::isfinite(to[3])) to[3] = 0;
    }
    points.resize(static_cast<std::size_t>(kept));
    return points;
}

cv::Mat read_returns(const std::filesystem::path& file, const PointLayout& layout) {
    const std::string bytes = bytes_of(file);
    return returns_of(is_pcd(file) ? parse_pcd(bytes, file) : unpack_points(bytes, layout, file));
}

float brightest_of(const std::vector<std::filesystem::path>& sweeps, const PointLayout& layout) {
    std::vector<float> intensities;
    for (std::size_t i = 0; i < std::min(sweeps.size(), kDecidingSweeps); ++i) {
        const cv::Mat points = read_returns(sweeps[i], layout);
        for (int row = 0; row < points.rows; ++row) {
            intensities.push_back(points.at<float>(row, 3));
        }
    }
    if (intensities.empty()) return kScales[0].one;
    const double place = kDecidingShare * static_cast<double>(intensities.size() - 1);
    const auto most = intensities.begin() + static_cast<std::ptrdiff_t>(std::ceil(place));
    std::ranges::nth_element(intensities, most);
    const auto fits = [&](const Scale& scale) { return *most <= scale.most; };
    const auto* found = std::ranges::find_if(kScales, fits);
    return found != std::end(kScales) ? found->one : std::rbegin(kScales)->one;
}

}  // namespace

PointReader::PointReader(const std::vector<std::filesystem::path>& sweeps, const PointForm& form)
    : layout_(form.layout ? &find_point_layout(*form.layout) : &point_layouts().front()) {
    if (form.layout && is_pcd(sweeps.front())) {
        throw InputError(sweeps.front().string(),
                         "says itself what a point is, and --point-layout says it too",
                         "leave --point-layout out: it is for .bin sweeps");
    }
    if (!form.layout && !is_pcd(sweeps.front())) {
        check_layout(bytes_of(sweeps.front()), *layout_, sweeps.front());
    }
    brightest_ =
        form.brightest ? static_cast<float>(*form.brightest) : brightest_of(sweeps, *layout_);
}

cv::Mat PointReader::read(const std::filesystem::path& file) const {
    cv::Mat points = read_returns(file, *layout_);
    for (int i = 0; i < points.rows; ++i) {
        auto& intensity = points.at<float>(i, 3);
        intensity = std::clamp(intensity / brightest_, 0.0F, 1.0F);
    }
    return points;
}

}  // namespace oneadapt
