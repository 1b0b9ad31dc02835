#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/result.hpp"

namespace oneadapt {

/// How well AccGrad estimates agree with measured changes of accuracy: a row of agreement.csv.
struct AgreementRow {
    std::string scheme;
    std::string knob;           ///< or "all": the pairs of every knob together
    std::string averaged_over;  ///< "1" segment, "5" consecutive segments, or a "clip"
    std::size_t pairs = 0;      ///< of an estimate and a measured change
    /// Rank correlation over all pairs; absent where either side is constant.
    std::optional<double> spearman;
    /// Share of pairs with estimate and measured change of the same sign, over the pairs with a
    /// measured change other than 0 (an estimate of 0 then counts as wrong); absent without such.
    std::optional<double> equal_sign;
    /// Share of pairs with a measured change of exactly 0, which has no sign.
    double measured_zero = 0;
};

/// Spearman's rank correlation with average ranks for ties (Pearson's correlation of the ranks).
/// The spans have equal sizes. Absent for fewer than two pairs or where a side is constant.
std::optional<double> spearman(std::span<const double> a, std::span<const double> b);

/// A row per scheme, knob and extent of averaging. Averages are over the rows of equal clip,
/// scheme, knob and step (from, to) whose segments lie in the same block, whatever their weight,
/// which changes where a scheme goes but not what is estimated there.
std::vector<AgreementRow> agreement(std::span<const AccGradRow> rows);

}  // namespace oneadapt
