#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "report/curve.hpp"

namespace oneadapt {

/// What a scheme pays and gets at one weight (or in one static configuration).
struct OperatingPoint {
    double cost = 0;  ///< kbit/s, or whatever is to be saved; above 0
    double accuracy = 0;

    friend bool operator==(const OperatingPoint&, const OperatingPoint&) = default;
};

/// The points that no other point beats, i.e. is as cheap and as accurate and better in one of the
/// two; both figures ascend strictly. Points with a cost that is not above 0, or figures that are
/// not finite, have no place on a logarithmic cost axis and are left out.
std::vector<OperatingPoint> frontier(std::vector<OperatingPoint> points);

/// Whether two frontiers could be compared at equal accuracy.
enum class Overlap {
    range,         ///< over a range of accuracies
    single_point,  ///< at one accuracy only
    none,          ///< they reach no accuracy in common
    too_few        ///< a side has no point, or both have one and these differ in accuracy
};

/// How results spell it: "ok", "single point", "no overlap in accuracy", "fewer than two points".
std::string_view text(Overlap overlap);

/// A scheme's frontier against that of a baseline.
struct Comparison {
    Overlap overlap = Overlap::too_few;
    /// Share of the baseline's cost that the scheme saves at equal accuracy, below 0 when it costs
    /// more: 1 - exp(mean over [accuracy_lo, accuracy_hi] of log(cost) - log(baseline's cost)).
    std::optional<double> saving;
    std::optional<double> accuracy_lo;
    std::optional<double> accuracy_hi;
    /// Accuracy gained at equal cost: the mean difference over the logarithm of the cost between
    /// cost_lo and cost_hi.
    std::optional<double> accuracy_gain;
    std::optional<double> cost_lo;
    std::optional<double> cost_hi;
    std::size_t points = 0;  ///< on the scheme's frontier
    std::size_t baseline_points = 0;
};

/// The logarithm of a frontier's cost over its accuracy; nothing where it has no point.
std::optional<Curve> log_cost_curve(const std::vector<OperatingPoint>& frontier, Lines lines);

/// Compares the frontiers of two sets of points as Bjontegaard does for video codecs (ITU-T
/// VCEG-M33), but with straight lines or monotone cubics between the points, in place of a fitted
/// cubic that may swing between them, and integrated exactly. A scheme whose costs are k times the
/// baseline's saves 1 - k, and (1 - saving(a, b)) (1 - saving(b, a)) = 1.
Comparison compare(const std::vector<OperatingPoint>& scheme,
                   const std::vector<OperatingPoint>& baseline, Lines lines = Lines::straight);

}  // namespace oneadapt
