#include "report/frontier.hpp"

#include <algorithm>
#include <cmath>

namespace oneadapt {
namespace {

struct Vertex {
    double x;
    double y;
};

/// Straight lines between vertices of strictly ascending x; at least one vertex.
using Curve = std::vector<Vertex>;

double interpolate(const Vertex& a, const Vertex& b, double x) {
    return a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x));
}

/// The curve's value at an x within its range.
double value_at(const Curve& curve, double x) {
    const auto right =
        std::lower_bound(curve.begin(), curve.end(), x,
                         [](const Vertex& vertex, double limit) { return vertex.x < limit; });
    return right->x == x ? right->y : interpolate(*(right - 1), *right, x);
}

/// The curve's mean over [lo, hi], a range of some width within its own.
double mean_over(const Curve& curve, double lo, double hi) {
    double integral = 0;
    for (std::size_t i = 1; i < curve.size(); ++i) {
        const double left = std::max(lo, curve[i - 1].x);
        const double right = std::min(hi, curve[i].x);
        if (left >= right) continue;
        const double middle = interpolate(curve[i - 1], curve[i], left + (right - left) / 2);
        integral += middle * (right - left);
    }
    return integral / (hi - lo);
}

/// The mean of a - b over the range that both have; nothing where they share none.
std::optional<double> mean_difference(const Curve& a, const Curve& b) {
    const double lo = std::max(a.front().x, b.front().x);
    const double hi = std::min(a.back().x, b.back().x);
    if (lo > hi) return std::nullopt;
    if (lo == hi) return value_at(a, lo) - value_at(b, lo);
    return mean_over(a, lo, hi) - mean_over(b, lo, hi);
}

Curve log_cost_over_accuracy(const std::vector<OperatingPoint>& points) {
    Curve curve;
    for (const OperatingPoint& p : points) curve.push_back({p.accuracy, std::log(p.cost)});
    return curve;
}

Curve accuracy_over_log_cost(const std::vector<OperatingPoint>& points) {
    Curve curve;
    for (const OperatingPoint& p : points) curve.push_back({std::log(p.cost), p.accuracy});
    return curve;
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
        if (best.empty() || p.accuracy > best.back().accuracy) best.push_back(p);
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

Comparison compare(const std::vector<OperatingPoint>& scheme,
                   const std::vector<OperatingPoint>& baseline) {
    const std::vector<OperatingPoint> a = frontier(scheme);
    const std::vector<OperatingPoint> b = frontier(baseline);
    Comparison result;
    result.points = a.size();
    result.baseline_points = b.size();
    if (a.empty() || b.empty()) return result;

    if (const auto gain = mean_difference(accuracy_over_log_cost(a), accuracy_over_log_cost(b))) {
        result.accuracy_gain = gain;
        result.cost_lo = std::max(a.front().cost, b.front().cost);
        result.cost_hi = std::min(a.back().cost, b.back().cost);
    }
    const auto log_ratio = mean_difference(log_cost_over_accuracy(a), log_cost_over_accuracy(b));
    if (log_ratio) {
        result.saving = 1 - std::exp(*log_ratio);
        result.accuracy_lo = std::max(a.front().accuracy, b.front().accuracy);
        result.accuracy_hi = std::min(a.back().accuracy, b.back().accuracy);
        result.overlap =
            *result.accuracy_lo < *result.accuracy_hi ? Overlap::range : Overlap::single_point;
    } else if (a.size() > 1 || b.size() > 1) {
        result.overlap = Overlap::none;
    }
    return result;
}

}  // namespace oneadapt
