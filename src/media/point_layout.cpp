#include "media/point_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr double kFarthestPoint = 1000;  ///< metres
constexpr double kStrongest = 65535;     ///< intensity of 16 bits
constexpr double kMostRings = 256;       ///< of any sensor
constexpr double kLeast = 1e-9;          ///< below it, but for 0, a number is bits misread
constexpr double kMostNonsense = 0.02;   ///< share of the points
constexpr std::size_t kFewestPoints = 32;
constexpr std::size_t kLookedAt = 20000;  ///< points

double number_at(const char* bytes, std::size_t number_bytes) {
    if (number_bytes == sizeof(double)) {
        double value = 0;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }
    float value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return static_cast<double>(value);
}

/// Whether a sensor might give that number in a column. One that is not finite is a missing return.
bool sensible(char column, double value) {
    if (!std::isfinite(value)) return true;
    if (value != 0 && std::abs(value) < kLeast) return false;
    switch (column) {
        case 'x':
        case 'y':
        case 'z':
            return std::abs(value) <= kFarthestPoint;
        case 'i':
            return value >= 0 && value <= kStrongest;
        case 'r':
            return value >= 0 && value < kMostRings && value == std::floor(value);
        default:
            return true;
    }
}

/// The first points of a file as some layout has them.
class Look {
  public:
    Look(const std::string& bytes, const PointLayout& layout)
        : bytes_(bytes),
          layout_(layout),
          points_(std::min(bytes.size() / layout.point_bytes(), kLookedAt)) {}

    std::size_t points() const { return points_; }

    /// Share of the points that make no sense.
    double nonsense() const {
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < points_; ++i) {
            bool good = true;
            for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
                good = good && sensible(layout_.columns[c], number(i, c));
            }
            wrong += good ? 0 : 1;
        }
        return static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(1, points_));
    }

    /// How far a point lies from the one before it, in the mean of both distances from the sensor:
    /// the median. Sensors turn, so that neighbours in a file are neighbours in space.
    double roughness() const {
        std::vector<double> steps;
        for (std::size_t i = 1; i < points_; ++i) {
            double step = 0;
            double far = 0;
            for (std::size_t c = 0; c < 3; ++c) {
                step += std::abs(number(i, c) - number(i - 1, c));
                far += (std::abs(number(i, c)) + std::abs(number(i - 1, c))) / 2;
            }
            if (std::isfinite(step) && far > 0) steps.push_back(step / far);
        }
        if (steps.empty()) return std::numeric_limits<double>::infinity();
        const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
        std::ranges::nth_element(steps, middle);
        return *middle;
    }

  private:
    double number(std::size_t point, std::size_t column) const {
        const std::size_t at = point * layout_.point_bytes() + column * layout_.number_bytes;
        return number_at(bytes_.data() + at, layout_.number_bytes);
    }

    const std::string& bytes_;
    const PointLayout& layout_;
    std::size_t points_;
};

/// What to do about a file that is not of a layout: name the one that fits best, if any does.
std::string remedy(const std::string& bytes, const PointLayout& refused) {
    const PointLayout* best = nullptr;
    double smoothest = Look(bytes, refused).roughness();
    for (const PointLayout& layout : point_layouts()) {
        const Look look(bytes, layout);
        if (&layout == &refused || bytes.size() % layout.point_bytes() != 0 ||
            look.points() < kFewestPoints || look.nonsense() >= kMostNonsense ||
            look.roughness() >= smoothest) {
            continue;
        }
        best = &layout;
        smoothest = look.roughness();
    }
    if (best != nullptr) return fmt::format("use --point-layout {}, which fits", best->name);
    return fmt::format(
        "copy it again, or name what it is with --point-layout ({} is {} {}-bit floats per point)",
        refused.name, refused.columns.size(), 8 * refused.number_bytes);
}

}  // namespace

const std::vector<PointLayout>& point_layouts() {
    static const std::vector<PointLayout> table = {
        {"xyzi", "xyzi", 4},    // KITTI
        {"xyzir", "xyzir", 4},  // nuScenes
        {"xyzit", "xyzit", 4},  // sweeps put together, with their times
        {"xyzirt", "xyzirt", 4},      {"xyz", "xyz", 4},        {"xyzi-double", "xyzi", 8},
        {"xyzir-double", "xyzir", 8}, {"xyz-double", "xyz", 8},
    };
    return table;
}

const PointLayout& find_point_layout(const std::string& name) {
    const auto& table = point_layouts();
    const auto found = std::ranges::find(table, name, &PointLayout::name);
    if (found != table.end()) return *found;
    std::vector<std::string> names;
    std::ranges::transform(table, std::back_inserter(names), &PointLayout::name);
    throw UsageError(fmt::format("point layout '{}'", name), "is unknown",
                     fmt::format("choose from {}", fmt::join(names, ", ")));
}

cv::Mat unpack_points(const std::string& bytes, const PointLayout& layout,
                      const std::filesystem::path& file) {
    const std::size_t rest = bytes.size() % layout.point_bytes();
    if (rest != 0) {
        throw InputError(file.string(),
                         fmt::format("ends {} bytes after its last whole point, at offset {}", rest,
                                     bytes.size() - rest),
                         remedy(bytes, layout));
    }
    const std::size_t count = bytes.size() / layout.point_bytes();
    cv::Mat points = cv::Mat::zeros(static_cast<int>(count), 4, CV_32F);
    for (std::size_t i = 0; i < count; ++i) {
        auto* point = points.ptr<float>(static_cast<int>(i));
        const char* from = bytes.data() + i * layout.point_bytes();
        for (std::size_t c = 0; c < std::min<std::size_t>(layout.columns.size(), 4); ++c) {
            point[c] =
                static_cast<float>(number_at(from + c * layout.number_bytes, layout.number_bytes));
        }
    }
    return points;
}

void check_layout(const std::string& bytes, const PointLayout& layout,
                  const std::filesystem::path& file) {
    const Look look(bytes, layout);
    const double nonsense = look.nonsense();
    if (look.points() < kFewestPoints || nonsense < kMostNonsense) return;
    throw InputError(
        file.string(),
        fmt::format("makes no sense as {}: {:.0f} % of its points are out of range, or "
                    "have an intensity that is none",
                    layout.name, 100 * nonsense),
        fmt::format("{}; --point-layout {} takes it as it is", remedy(bytes, layout), layout.name));
}

}  // namespace oneadapt
