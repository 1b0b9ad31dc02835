#include "report/curve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oneadapt {
namespace {

/// The slope at the first vertex of a curve whose first two pieces are that wide and steep.
double end_slope(double width, double next_width, double steep, double next_steep) {
    const double slope =
        ((2 * width + next_width) * steep - width * next_steep) / (width + next_width);
    if (slope * steep <= 0) return 0;
    const bool turns = steep * next_steep <= 0;
    return turns && std::abs(slope) > 3 * std::abs(steep) ? 3 * steep : slope;
}

/// Slopes with which cubics between the vertices rise and fall where the vertices do.
std::vector<double> monotone_slopes(const std::vector<Vertex>& vertices) {
    const std::size_t pieces = vertices.size() - 1;
    std::vector<double> width(pieces);
    std::vector<double> steep(pieces);
    for (std::size_t i = 0; i < pieces; ++i) {
        width[i] = vertices[i + 1].x - vertices[i].x;
        steep[i] = (vertices[i + 1].y - vertices[i].y) / width[i];
    }
    if (pieces == 1) return {steep[0], steep[0]};
    std::vector<double> slopes(vertices.size(), 0.0);
    for (std::size_t i = 1; i < pieces; ++i) {
        if (steep[i - 1] * steep[i] <= 0) continue;
        const double before = 2 * width[i] + width[i - 1];
        const double after = width[i] + 2 * width[i - 1];
        slopes[i] = (before + after) / (before / steep[i - 1] + after / steep[i]);
    }
    slopes.front() = end_slope(width[0], width[1], steep[0], steep[1]);
    slopes.back() =
        end_slope(width[pieces - 1], width[pieces - 2], steep[pieces - 1], steep[pieces - 2]);
    return slopes;
}

}  // namespace

Lines lines_of(std::string_view text, std::size_t knobs) {
    if (text == "straight") return Lines::straight;
    if (text == "pchip") return Lines::pchip;
    return text == "hull" || knobs > 1 ? Lines::hull : Lines::straight;
}

Curve::Curve(std::vector<Vertex> vertices, Lines lines) : vertices_(std::move(vertices)) {
    if (lines == Lines::pchip && vertices_.size() > 1) slopes_ = monotone_slopes(vertices_);
}

double Curve::within(std::size_t piece, double x) const {
    const Vertex& a = vertices_[piece];
    const Vertex& b = vertices_[piece + 1];
    const double t = (x - a.x) / (b.x - a.x);
    if (slopes_.empty()) return a.y + (b.y - a.y) * t;
    const double width = b.x - a.x;
    const double u = 1 - t;
    return (1 + 2 * t) * u * u * a.y + t * u * u * width * slopes_[piece] +
           t * t * (3 - 2 * t) * b.y - t * t * u * width * slopes_[piece + 1];
}

double Curve::at(double x) const {
    const auto right = std::ranges::lower_bound(vertices_, x, {}, &Vertex::x);
    if (right->x == x) return right->y;
    return within(static_cast<std::size_t>(right - vertices_.begin()) - 1, x);
}

double Curve::mean(double lo, double hi) const {
    double integral = 0;
    for (std::size_t i = 0; i + 1 < vertices_.size(); ++i) {
        const double left = std::max(lo, vertices_[i].x);
        const double right = std::min(hi, vertices_[i + 1].x);
        if (left >= right) continue;
        const double middle = left + (right - left) / 2;
        if (slopes_.empty()) {
            integral += within(i, middle) * (right - left);
        } else {  // Gauss and Legendre's rule of two points, which is exact for cubics
            const double off = (right - left) / 2 / std::sqrt(3.0);
            integral += (within(i, middle - off) + within(i, middle + off)) / 2 * (right - left);
        }
    }
    return integral / (hi - lo);
}

std::optional<double> mean_difference(const Curve& a, const Curve& b) {
    const double lo = std::max(a.lowest(), b.lowest());
    const double hi = std::min(a.highest(), b.highest());
    if (lo > hi) return std::nullopt;
    if (lo == hi) return a.at(lo) - b.at(lo);
    return a.mean(lo, hi) - b.mean(lo, hi);
}

}  // namespace oneadapt
