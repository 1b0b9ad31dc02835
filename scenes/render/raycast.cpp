#include "raycast.hpp"

#include <limits>

namespace oneadapt::render {

namespace {

/// A triangle relative to the origin of the beams.
struct Target {
    std::array<Vec3, 3> corners;
    std::array<Vec3, 3> edges;  ///< normals of the planes through the origin and each edge
    Vec3 normal;
    float offset = 0;  ///< normal times any corner
};

Target target_of(const Triangle& triangle, Vec3 origin) {
    Target target;
    for (std::size_t i = 0; i < 3; ++i) {
        target.corners[i] = triangle.corners[i].position - origin;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        target.edges[i] = cross(target.corners[i], target.corners[(i + 1) % 3]);
    }
    target.normal = triangle.normal;
    target.offset = dot(target.normal, target.corners[0]);
    return target;
}

/// Distance from the origin to a triangle along the direction of a beam; 0 when the beam misses.
/// Neighbours leave no gap: they see the same edge plane with opposite signs.
float distance_to(const Target& target, Vec3 direction) {
    const float a = dot(target.edges[0], direction);
    const float b = dot(target.edges[1], direction);
    const float c = dot(target.edges[2], direction);
    const bool inside = (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0);
    const float approach = dot(target.normal, direction);
    if (!inside || approach == 0) return 0;
    return std::max(target.offset / approach, 0.0F);
}

/// The level distance from the origin to the segment from a to b.
float level_distance(Vec3 a, Vec3 b) {
    const float dx = b.x - a.x;
    const float dz = b.z - a.z;
    const float length = std::max(dx * dx + dz * dz, 1e-12F);
    const float t = std::clamp(-(a.x * dx + a.z * dz) / length, 0.0F, 1.0F);
    return std::hypot(a.x + t * dx, a.z + t * dz);
}

/// The part of the grid in which a triangle can lie.
struct Window {
    int first_column = 0;
    int columns = 0;
    int first_row = 0;
    int end_row = 0;
};

/// Casts the beams at triangles one by one, each only where it can be hit.
class Caster {
  public:
    Caster(const BeamGrid& grid, Vec3 origin, float range)
        : grid_(grid), origin_(origin), range_(range) {
        for (int row = 0; row < grid.rows; ++row) {
            for (int column = 0; column < grid.columns; ++column) {
                directions_.push_back(grid.direction(row, column));
            }
        }
        hits_.assign(directions_.size(), Hit{nullptr, range});
    }

    void add(const Triangle& triangle) {
        const Target target = target_of(triangle, origin_);
        const Window window = window_of(target.corners);
        for (int row = window.first_row; row < window.end_row; ++row) {
            for (int i = 0; i < window.columns; ++i) {
                const int column = (window.first_column + i) % grid_.columns;
                const int place = row * grid_.columns + column;
                const auto beam = static_cast<std::size_t>(place);
                const float distance = distance_to(target, directions_[beam]);
                if (distance > 0 && distance < hits_[beam].distance) {
                    hits_[beam] = {&triangle, distance};
                }
            }
        }
    }

    [[nodiscard]] std::vector<Hit> take() { return std::move(hits_); }

  private:
    [[nodiscard]] Window window_of(const std::array<Vec3, 3>& corners) const {
        float nearest = std::numeric_limits<float>::max();
        float farthest = 0;
        float turn = 0;  // how often the outline goes round the origin: whether it lies within
        for (std::size_t i = 0; i < 3; ++i) {
            const Vec3 a = corners[i];
            const Vec3 b = corners[(i + 1) % 3];
            nearest = std::min(nearest, level_distance(a, b));
            farthest = std::max(farthest, std::hypot(a.x, a.z));
            turn += std::atan2(a.x * b.z - a.z * b.x, a.x * b.x + a.z * b.z);
        }
        const bool within = std::abs(turn) > 1;
        if (within) nearest = 0;
        if (nearest > range_) return {};
        Window window = columns_of(corners, within || nearest < 1e-3F);
        const auto [low, high] = std::minmax({corners[0].y, corners[1].y, corners[2].y});
        const auto elevation = [&](float y, bool steepest) {
            return std::atan2(y, (y > 0) == steepest ? nearest : farthest);
        };
        const float step =
            radians(grid_.highest - grid_.lowest) / static_cast<float>(grid_.rows - 1);
        const auto row = [&](float angle) { return (radians(grid_.highest) - angle) / step; };
        const auto rows = static_cast<float>(grid_.rows);
        const float first = std::clamp(row(elevation(high, true)) - 0.01F, 0.0F, rows);
        const float last = std::clamp(row(elevation(low, false)) + 0.01F, -1.0F, rows - 1);
        window.first_row = static_cast<int>(std::ceil(first));
        window.end_row = static_cast<int>(std::floor(last)) + 1;
        return window;
    }

    [[nodiscard]] Window columns_of(const std::array<Vec3, 3>& corners, bool all_round) const {
        if (all_round) return {0, grid_.columns, 0, 0};
        const float per_radian =
            static_cast<float>(grid_.columns) / (2 * std::numbers::pi_v<float>);
        const Vec3 a = corners[0];
        float low = 0;
        float high = 0;
        for (const Vec3 b : {corners[1], corners[2]}) {
            const float right = std::atan2(b.x * a.z - b.z * a.x, a.x * b.x + a.z * b.z);
            low = std::min(low, right);
            high = std::max(high, right);
        }
        const float middle = std::atan2(a.x, a.z);
        const int first = static_cast<int>(std::ceil((middle + low) * per_radian - 0.01F));
        const int last = static_cast<int>(std::floor((middle + high) * per_radian + 0.01F));
        return {(first + 2 * grid_.columns) % grid_.columns, last - first + 1, 0, 0};
    }

    BeamGrid grid_;
    Vec3 origin_;
    float range_;
    std::vector<Vec3> directions_;
    std::vector<Hit> hits_;
};

}  // namespace

Vec3 BeamGrid::direction(int row, int column) const {
    const float step = (highest - lowest) / static_cast<float>(rows - 1);
    const float up = radians(highest - step * static_cast<float>(row));
    const float right = radians(360.0F * static_cast<float>(column) / static_cast<float>(columns));
    return {std::sin(right) * std::cos(up), std::sin(up), std::cos(right) * std::cos(up)};
}

std::vector<Hit> cast(const BeamGrid& grid, Vec3 origin, float range, const Mesh& mesh) {
    Caster caster(grid, origin, range);
    for (const Triangle& triangle : mesh) caster.add(triangle);
    return caster.take();
}

}  // namespace oneadapt::render
