#include "report/savings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

namespace oneadapt {
namespace {

/// The schemes' summary rows in one part of one clip, by scheme.
using Rivals = std::vector<std::vector<const SummaryRow*>>;

std::vector<OperatingPoint> points_of(const std::vector<const SummaryRow*>& rows,
                                      Resource resource) {
    std::vector<OperatingPoint> points;
    points.reserve(rows.size());
    for (const SummaryRow* row : rows) points.push_back(operating_point(*row, resource));
    return points;
}

/// The scheme's frontier in one replicate; nothing where it has none.
std::optional<Curve> drawn_curve(const std::vector<const SummaryRow*>& rows, Resource resource,
                                 std::size_t replicate, Lines lines) {
    std::vector<OperatingPoint> points;
    points.reserve(rows.size());
    for (const SummaryRow* row : rows) {
        const Replicates& drawn = row->replicates;
        const auto& costs = resource == Resource::bandwidth ? drawn.kbps : drawn.gflop;
        points.push_back({costs[replicate], drawn.accuracy[replicate]});
    }
    return log_cost_curve(frontier(std::move(points)), lines);
}

/// For each pair of rivals the logarithm of their costs' ratio in each replicate that has one; of
/// `b` to `a` it is the negative of `a` to `b`, which alone is here (a < b).
class DrawnRatios {
  public:
    DrawnRatios(const Rivals& rivals, Resource resource, Lines lines)
        : rivals_(rivals.size()), ratios_(rivals.size() * rivals.size()) {
        for (const auto& rows : rivals) {
            for (const SummaryRow* row : rows) {
                const std::size_t drawn = row->replicates.accuracy.size();
                if (replicates_ && *replicates_ != drawn) drawn_all_ = false;
                replicates_ = drawn;
            }
        }
        if (!drawn_all_) replicates_ = 0;
        for (std::size_t r = 0; r < replicates_.value_or(0); ++r) {
            std::vector<std::optional<Curve>> curves;
            curves.reserve(rivals_);
            for (const auto& rows : rivals) {
                curves.push_back(drawn_curve(rows, resource, r, lines));
            }
            add(curves);
        }
    }

    void describe(std::size_t scheme, std::size_t baseline, SavingRow& row) const {
        const bool forth = scheme < baseline;
        const auto& ratios =
            forth ? ratios_[scheme * rivals_ + baseline] : ratios_[baseline * rivals_ + scheme];
        if (ratios.empty()) return;
        std::vector<double> savings;
        savings.reserve(ratios.size());
        for (const double ratio : ratios) savings.push_back(1 - std::exp(forth ? ratio : -ratio));
        row.comparable = static_cast<double>(savings.size()) / static_cast<double>(*replicates_);
        row.interval = interval(std::move(savings));
    }

  private:
    void add(const std::vector<std::optional<Curve>>& curves) {
        for (std::size_t a = 0; a < rivals_; ++a) {
            for (std::size_t b = a + 1; b < rivals_; ++b) {
                if (!curves[a] || !curves[b]) continue;
                const auto ratio = mean_difference(*curves[a], *curves[b]);
                if (ratio) ratios_[a * rivals_ + b].push_back(*ratio);
            }
        }
    }

    std::size_t rivals_;
    std::optional<std::size_t> replicates_;
    bool drawn_all_ = true;
    std::vector<std::vector<double>> ratios_;  ///< by a * rivals + b
};

/// Every pair of the rivals.
void compare_all(const Rivals& rivals, const std::vector<std::string>& schemes, Lines lines,
                 const SavingRow& common, std::vector<SavingRow>& out) {
    const DrawnRatios drawn(rivals, common.resource, lines);
    for (std::size_t a = 0; a < schemes.size(); ++a) {
        for (std::size_t b = 0; b < schemes.size(); ++b) {
            if (a == b) continue;
            SavingRow row = common;
            row.scheme = schemes[a];
            row.baseline = schemes[b];
            row.comparison = compare(points_of(rivals[a], row.resource),
                                     points_of(rivals[b], row.resource), lines);
            for (const auto side : {a, b}) {
                for (const SummaryRow* of : rivals[side]) row.blocks = of->blocks;
            }
            drawn.describe(a, b, row);
            out.push_back(std::move(row));
        }
    }
}

/// What `scheme` saves over `floor` as a share of what `ceiling` does, over the accuracies that all
/// three reach.
std::optional<double> share(const Curve& scheme, const Curve& ceiling, const Curve& floor) {
    const double lo = std::max({scheme.lowest(), ceiling.lowest(), floor.lowest()});
    const double hi = std::min({scheme.highest(), ceiling.highest(), floor.highest()});
    if (lo >= hi) return std::nullopt;
    const auto saving = [&](const Curve& curve) {
        return 1 - std::exp(curve.mean(lo, hi) - floor.mean(lo, hi));
    };
    const double room = saving(ceiling);
    return room > 0 ? std::optional(saving(scheme) / room) : std::nullopt;
}

/// Fills in the shares of rows that are of the rivals.
void add_shares(const Rivals& rivals, const std::vector<std::string>& schemes, Lines lines,
                const Yardsticks& between, std::span<SavingRow> rows) {
    std::map<std::string, std::optional<Curve>> curves;
    for (std::size_t i = 0; i < schemes.size(); ++i) {
        curves[schemes[i]] =
            log_cost_curve(frontier(points_of(rivals[i], rows.front().resource)), lines);
    }
    const auto& floor = curves[between.floor];
    const auto& ceiling = curves[between.ceiling];
    if (!floor || !ceiling) return;
    for (SavingRow& row : rows) {
        const auto& mine = curves[row.scheme];
        if (row.baseline == between.floor && mine) row.share = share(*mine, *ceiling, *floor);
    }
}

/// The different values of a text field, in order of appearance.
template <class Field>
std::vector<std::string> distinct(const std::vector<SummaryRow>& summary, Field field) {
    std::vector<std::string> out;
    for (const SummaryRow& row : summary) {
        const std::string& name = field(row);
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
    return out;
}

}  // namespace

std::vector<std::string> schemes_of(const std::vector<SummaryRow>& summary) {
    return distinct(summary,
                    [](const SummaryRow& r) -> const std::string& { return r.cell.scheme; });
}

std::vector<const SummaryRow*> comparable_rows(const std::vector<SummaryRow>& summary, Part part,
                                               std::string_view clip, std::string_view scheme) {
    std::vector<const SummaryRow*> rows;
    for (const SummaryRow& row : summary) {
        const bool known = row.segments > 0 && (!row.by_ap50 || row.ap50);
        if (row.clip == clip && row.part == part && row.cell.scheme == scheme && known) {
            rows.push_back(&row);
        }
    }
    return rows;
}

std::string_view text(Resource resource) {
    return resource == Resource::bandwidth ? "kbps" : "gflop";
}

OperatingPoint operating_point(const SummaryRow& row, Resource resource) {
    return {resource == Resource::bandwidth ? row.kbps : row.gflop, row.merit()};
}

std::string_view status_of(const SavingRow& row) {
    const bool few = row.comparison.overlap == Overlap::range && row.blocks < kFewBlocks;
    return few ? "few blocks" : text(row.comparison.overlap);
}

std::vector<SavingRow> savings(const std::vector<SummaryRow>& summary, Lines lines,
                               const Yardsticks& between) {
    const std::vector<std::string> schemes = schemes_of(summary);
    const std::vector<std::string> clips =
        distinct(summary, [](const SummaryRow& r) -> const std::string& { return r.clip; });
    std::vector<SavingRow> out;
    for (const Part part : {Part::whole, Part::steady}) {
        for (const Resource resource : {Resource::bandwidth, Resource::gpu}) {
            for (const std::string& clip : clips) {
                Rivals rivals;
                for (const std::string& scheme : schemes) {
                    rivals.push_back(comparable_rows(summary, part, clip, scheme));
                }
                const SavingRow common{.clip = clip, .part = part, .resource = resource};
                const std::size_t before = out.size();
                compare_all(rivals, schemes, lines, common, out);
                if (out.size() == before) continue;
                add_shares(rivals, schemes, lines, between, std::span(out).subspan(before));
            }
        }
    }
    return out;
}

}  // namespace oneadapt
