#include "report/frontier.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oneadapt {
namespace {

/// Accuracies that lie no further apart are the same mean, added up in another order.
constexpr double kSameAccuracy = 1e-9;

/// The points of a frontier that are on its convex hull: others cost as much or more than two of
/// these in turn do at their accuracy.
std::vector<OperatingPoint> hull(const std::vector<OperatingPoint>& frontier) {
    std::vector<OperatingPoint> kept;
    for (const OperatingPoint& next : frontier) {
        const auto passed_over = [&] {
            const OperatingPoint& a = kept[kept.size() - 2];
            const OperatingPoint& b = kept.back();
            return (b.accuracy - a.accuracy) * (next.cost - a.cost) <=
                   (next.accuracy - a.accuracy) * (b.cost - a.cost);
        };
        while (kept.size() > 1 && passed_over()) kept.pop_back();
        kept.push_back(next);
    }
    return kept;
}

/// The vertices of a frontier, their x the logarithm of the cost.
std::vector<Vertex> vertices_of(const std::vector<OperatingPoint>& frontier, Lines lines) {
    std::vector<Vertex> vertices;
    vertices.reserve(frontier.size());
    for (const OperatingPoint& p : lines == Lines::hull ? hull(frontier) : frontier) {
        vertices.push_back({std::log(p.cost), p.accuracy});
    }
    return vertices;
}

}  // namespace

std::vector<OperatingPoint> frontier(std::vector<OperatingPoint> points) {
    std::erase_if(points, [](const OperatingPoint& p) {
        return !(p.cost > 0) || !std::isfinite(p.cost) || !std::isfinite(p.accuracy);
    });
    std::sort(points.begin(), points.end(), [](const OperatingPoint& a, const OperatingPoint& b) {
        return a.cost != b.cost ? a.cost < b.cost : a.accuracy > b.accuracy;
    });
    std::vector<OperatingPoint> best;
    for (const OperatingPoint& p : points) {
        if (best.empty() || p.accuracy > best.back().accuracy + kSameAccuracy) best.push_back(p);
    }
    return best;
}

std::string_view text(Overlap overlap) {
    switch (overlap) {
        case Overlap::range:
            return "ok";
        case Overlap::single_point:
            return "single point";
        case Overlap::none:
            return "no overlap in accuracy";
        case Overlap::too_few:
            break;
    }
    return "fewer than two points";
}

std::optional<Curve> log_cost_curve(const std::vector<OperatingPoint>& frontier, Lines lines) {
    if (frontier.empty()) return std::nullopt;
    std::vector<Vertex> vertices = vertices_of(frontier, lines);
    for (Vertex& vertex : vertices) std::swap(vertex.x, vertex.y);
    return Curve(std::move(vertices), lines);
}

Comparison compare(const std::vector<OperatingPoint>& scheme,
                   const std::vector<OperatingPoint>& baseline, Lines lines) {
    const std::vector<OperatingPoint> a = frontier(scheme);
    const std::vector<OperatingPoint> b = frontier(baseline);
    Comparison result;
    result.points = a.size();
    result.baseline_points = b.size();
    if (a.empty() || b.empty()) return result;

    if (const auto gain = mean_difference(Curve(vertices_of(a, lines), lines),
                                          Curve(vertices_of(b, lines), lines))) {
        result.accuracy_gain = gain;
        result.cost_lo = std::max(a.front().cost, b.front().cost);
        result.cost_hi = std::min(a.back().cost, b.back().cost);
    }
    const auto log_ratio = mean_difference(*log_cost_curve(a, lines), *log_cost_curve(b, lines));
    if (log_ratio) {
        result.saving = 1 - std::exp(*log_ratio);
        result.accuracy_lo = std::max(a.front().accuracy, b.front().accuracy);
        result.accuracy_hi = std::min(a.back().accuracy, b.back().accuracy);
        result.overlap = *result.accuracy_hi - *result.accuracy_lo > kSameAccuracy
                             ? Overlap::range
                             : Overlap::single_point;
    } else if (a.size() > 1 || b.size() > 1) {
        result.overlap = Overlap::none;
    }
    return result;
}

}  // namespace oneadapt
