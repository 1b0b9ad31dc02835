#include "report/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>
#include <tuple>

namespace oneadapt {
namespace {

struct Pairs {
    std::vector<double> estimates;
    std::vector<double> measured;

    void add(double estimate, double change) {
        estimates.push_back(estimate);
        measured.push_back(change);
    }
};

/// How long a block of averaged segments is.
struct Extent {
    const char* name;
    int segments;  ///< 0: the whole clip
};

constexpr Extent extents[] = {{"1", 1}, {"5", 5}, {"clip", 0}};

constexpr std::string_view all_knobs = "all";

std::vector<double> ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> out(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
        const double rank = static_cast<double>(first + last) / 2;
        for (std::size_t i = first; i <= last; ++i) out[order[i]] = rank;
        first = last + 1;
    }
    return out;
}

Pairs averaged(std::span<const AccGradRow* const> rows, const Extent& extent) {
    Pairs pairs;
    if (extent.segments == 1) {
        for (const AccGradRow* row : rows) pairs.add(row->estimate, row->measured);
        return pairs;
    }
    struct Sum {
        double estimate = 0;
        double measured = 0;
        double rows = 0;
    };
    std::map<std::tuple<std::string, std::string, KnobValue, KnobValue, int>, Sum> blocks;
    for (const AccGradRow* row : rows) {
        const int block = extent.segments > 0 ? row->segment / extent.segments : 0;
        Sum& sum = blocks[{row->clip, row->knob, row->from, row->to, block}];
        sum.estimate += row->estimate;
        sum.measured += row->measured;
        sum.rows += 1;
    }
    for (const auto& [key, sum] : blocks) {
        const double measured = sum.measured / sum.rows;
        // Changes that cancel leave a rounding error, which would pass for a sign and a rank.
        pairs.add(sum.estimate / sum.rows, std::abs(measured) < 1e-12 ? 0 : measured);
    }
    return pairs;
}

bool same_sign(double estimate, double measured) {
    return estimate != 0 && std::signbit(estimate) == std::signbit(measured);
}

AgreementRow figures(const Pairs& pairs) {
    AgreementRow row;
    row.pairs = pairs.measured.size();
    row.spearman = spearman(pairs.estimates, pairs.measured);
    std::size_t signless = 0;
    std::size_t equal = 0;
    for (std::size_t i = 0; i < row.pairs; ++i) {
        if (pairs.measured[i] == 0) {
            ++signless;
        } else if (same_sign(pairs.estimates[i], pairs.measured[i])) {
            ++equal;
        }
    }
    row.measured_zero = static_cast<double>(signless) / static_cast<double>(row.pairs);
    if (signless < row.pairs) {
        row.equal_sign = static_cast<double>(equal) / static_cast<double>(row.pairs - signless);
    }
    return row;
}

}  // namespace

std::optional<double> spearman(std::span<const double> a, std::span<const double> b) {
    const std::vector<double> x = ranks(a);
    const std::vector<double> y = ranks(b);
    const double mean = (static_cast<double>(x.size()) - 1) / 2;
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    if (xx == 0 || yy == 0) return std::nullopt;
    return xy / std::sqrt(xx * yy);
}

std::vector<AgreementRow> agreement(std::span<const AccGradRow> rows) {
    std::vector<std::pair<std::string, std::string>> order;  // scheme and knob, as they appear
    std::map<std::pair<std::string, std::string>, std::vector<const AccGradRow*>> groups;
    for (const AccGradRow& row : rows) {
        for (const std::string_view knob : {all_knobs, std::string_view(row.knob)}) {
            const std::pair key(row.cell.scheme, std::string(knob));
            std::vector<const AccGradRow*>& group = groups[key];
            if (group.empty()) order.push_back(key);
            group.push_back(&row);
        }
    }
    std::vector<AgreementRow> out;
    for (const auto& key : order) {
        for (const Extent& extent : extents) {
            AgreementRow row = figures(averaged(groups[key], extent));
            row.scheme = key.first;
            row.knob = key.second;
            row.averaged_over = extent.name;
            out.push_back(std::move(row));
        }
    }
    return out;
}

}  // namespace oneadapt
