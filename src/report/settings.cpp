#include "report/settings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace oneadapt {
namespace {

/// What a cell did over all clips.
struct CellTotals {
    CellId cell;
    std::size_t segments = 0;
    std::size_t inputs = 0;
    std::size_t failed = 0;
    double energy_j = 0;
    double error = 0;
    double kbps = 0;
    double all_energy_j = 0;
    std::size_t late = 0;
    std::vector<double> server_j = {};     ///< of each segment
    bool drawn = true;                     ///< every clip could be
    std::vector<double> energy_sums = {};  ///< over each replicate
    std::vector<double> error_sums = {};

    double share(double sum) const { return sum / static_cast<double>(segments); }
    double over(double budget_j) const {
        const auto above = std::ranges::count_if(server_j, [&](double j) { return j > budget_j; });
        return share(static_cast<double>(above));
    }
};

void add_draws(std::vector<double>& sums, const std::vector<double>& more) {
    if (sums.empty()) sums.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) sums[i] += more[i];
}

/// The played segments of one cell on one clip.
struct ClipPlay {
    const std::string* clip;
    std::vector<const SegmentRow*> rows;
};

void add_clip(CellTotals& totals, const ClipPlay& play, const PartDraws::Clip& part) {
    std::vector<double> energies;
    std::vector<double> errors;
    for (const SegmentRow* row : play.rows) {
        if (!succeeded(*row)) {
            ++totals.failed;
            continue;
        }
        if (row->segment < part.first) continue;
        energies.push_back(row->ledger.server_j);
        errors.push_back(1 - row->accuracy);
        totals.energy_j += energies.back();
        totals.error += errors.back();
        totals.kbps += row->kbps;
        totals.all_energy_j += row->ledger.energy_j;
        totals.late += static_cast<std::size_t>(row->late);
        totals.inputs += static_cast<std::size_t>(row->kept_frames);
        ++totals.segments;
    }
    totals.server_j.insert(totals.server_j.end(), energies.begin(), energies.end());
    if (energies.empty() || energies.size() != part.bootstrap.segments()) return;
    const std::vector<double> drawn = part.bootstrap.sums(energies);
    totals.drawn = totals.drawn && !drawn.empty();
    add_draws(totals.energy_sums, drawn);
    add_draws(totals.error_sums, part.bootstrap.sums(errors));
}

std::vector<CellTotals> totals_of(const RunResult& result, const PartDraws& draws) {
    std::map<CellId, std::size_t> places;
    std::vector<CellTotals> all;
    std::vector<std::vector<ClipPlay>> plays;
    for (const SegmentRow& row : result.segments) {
        const auto [at, is_new] = places.try_emplace(row.cell, all.size());
        if (is_new) {
            all.push_back({.cell = row.cell});
            plays.emplace_back();
        }
        std::vector<ClipPlay>& clips = plays[at->second];
        if (clips.empty() || *clips.back().clip != row.clip) clips.push_back({&row.clip, {}});
        clips.back().rows.push_back(&row);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const ClipPlay& play : plays[i]) add_clip(all[i], play, draws.of(*play.clip));
        if (all[i].drawn) continue;
        all[i].energy_sums.clear();
        all[i].error_sums.clear();
    }
    return all;
}

bool bounded(const Goal& goal) {
    return goal.min_accuracy || goal.max_energy_j;
}

SettingRow judged(const CellTotals& totals, const Goal& goal) {
    SettingRow row{.cell = {.scheme = totals.cell.scheme, .goal = goal},
                   .configuration = totals.cell.fixed};
    if (totals.failed > 0 || totals.inputs == 0) return row;
    row.inputs = totals.inputs;
    row.energy_j = totals.share(totals.energy_j);
    row.error = totals.share(totals.error);
    row.kbps = totals.share(totals.kbps);
    row.all_energy_j = totals.share(totals.all_energy_j);
    row.late = static_cast<double>(totals.late) / static_cast<double>(totals.inputs);
    if (goal.max_energy_j) row.over = totals.over(*goal.max_energy_j);
    row.violated = row.late > kToleratedMisses || row.over > kToleratedMisses ||
                   (goal.min_accuracy && 1 - row.error < *goal.min_accuracy);
    return row;
}

/// Whether `a` does better for the goal than `b`; of equals the other figure decides.
bool better(const SettingRow& a, const SettingRow& b, const Goal& goal) {
    if (a.violated != b.violated) return b.violated;
    if (goal.min_accuracy && !a.violated) {
        return std::pair(a.energy_j, a.error) < std::pair(b.energy_j, b.error);
    }
    return std::pair(a.error, a.energy_j) < std::pair(b.error, b.energy_j);
}

std::vector<double> quotients(const std::vector<double>& of, const std::vector<double>& by) {
    std::vector<double> out;
    if (of.size() != by.size()) return out;
    for (std::size_t i = 0; i < of.size(); ++i) out.push_back(of[i] / by[i]);
    return out;
}

/// The yardstick's best cell for a goal, and what it did.
struct Norm {
    SettingRow row;
    const CellTotals* totals = nullptr;
};

Norm norm_of(const std::vector<CellTotals>& all, const Goal& goal, const std::string& yardstick) {
    Norm best;
    for (const CellTotals& totals : all) {
        if (totals.cell.scheme != yardstick || totals.cell.goal.deadline != goal.deadline) continue;
        SettingRow row = judged(totals, goal);
        if (row.inputs == 0 || (best.totals && !better(row, best.row, goal))) continue;
        best = {std::move(row), &totals};
    }
    return best;
}

void compare(SettingRow& row, const CellTotals& totals, const Norm& norm) {
    if (row.inputs == 0 || !norm.totals || norm.row.violated) return;
    row.energy_ratio = row.energy_j / norm.row.energy_j;
    row.energy_draws = quotients(totals.energy_sums, norm.totals->energy_sums);
    if (norm.row.error <= 0) return;
    row.error_ratio = row.error / norm.row.error;
    row.error_draws = quotients(totals.error_sums, norm.totals->error_sums);
}

double harmonic_mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += 1 / value;
    return static_cast<double>(values.size()) / sum;
}

/// The harmonic mean of the settings' ratios, and its interval, where all of them have draws.
void average(const std::vector<const SettingRow*>& rows, std::optional<double> SettingRow::*ratio,
             std::vector<double> SettingRow::*draws, std::optional<double>& mean,
             std::optional<Interval>& range) {
    std::vector<double> ratios;
    std::vector<double> sums;
    bool drawn = true;
    for (const SettingRow* row : rows) {
        const std::optional<double>& value = row->*ratio;
        if (!value || *value <= 0) continue;
        ratios.push_back(*value);
        std::vector<double> inverse = row->*draws;
        drawn = drawn && !inverse.empty();
        for (double& draw : inverse) draw = 1 / draw;
        add_draws(sums, inverse);
    }
    if (ratios.empty()) return;
    mean = harmonic_mean(ratios);
    if (!drawn) return;
    for (double& sum : sums) sum = static_cast<double>(ratios.size()) / sum;
    range = interval(std::move(sums));
}

std::optional<double> plain_mean(const std::vector<const SettingRow*>& rows,
                                 double SettingRow::*figure) {
    if (rows.empty()) return std::nullopt;
    double sum = 0;
    for (const SettingRow* row : rows) sum += row->*figure;
    return sum / static_cast<double>(rows.size());
}

std::string mean_text(const std::optional<double>& mean, const std::optional<Interval>& range) {
    if (!mean) return "-";
    return range ? fmt::format("{:.3f} ({:.3f} to {:.3f})", *mean, range->lo, range->hi)
                 : fmt::format("{:.3f}", *mean);
}

void add_part(const RunResult& result, Part part, const PartDraws& draws,
              const std::string& yardstick, std::vector<SettingRow>& rows) {
    const std::vector<CellTotals> all = totals_of(result, draws);
    const auto add = [&](SettingRow row) -> SettingRow& {
        row.part = part;
        return rows.emplace_back(std::move(row));
    };
    std::map<Goal, Norm> norms;
    for (const CellTotals& totals : all) {
        if (!bounded(totals.cell.goal)) continue;
        const Goal& goal = totals.cell.goal;
        const auto [norm, is_new] = norms.try_emplace(goal);
        if (is_new) {
            norm->second = norm_of(all, goal, yardstick);
            if (norm->second.totals) {
                compare(add(norm->second.row), *norm->second.totals, norm->second);
            }
        }
        SettingRow& row = add(judged(totals, goal));
        row.configuration.clear();
        compare(row, totals, norm->second);
    }
}

}  // namespace

std::vector<SettingRow> settings(const RunResult& result, const SummaryOptions& options,
                                 const std::string& yardstick) {
    const bool any = std::ranges::any_of(
        result.segments, [](const SegmentRow& row) { return bounded(row.cell.goal); });
    std::vector<SettingRow> rows;
    if (!any) return rows;
    for (const Part part : kParts) {
        add_part(result, part, PartDraws(result, part, options), yardstick, rows);
    }
    return rows;
}

std::vector<SettingMean> setting_means(const std::vector<SettingRow>& settings, Part part) {
    std::vector<SettingMean> means;
    std::vector<std::vector<const SettingRow*>> kept;
    for (const SettingRow& row : settings) {
        if (row.part != part) continue;
        auto mean = std::ranges::find(means, row.cell.scheme, &SettingMean::scheme);
        if (mean == means.end()) {
            means.push_back({.scheme = row.cell.scheme});
            kept.emplace_back();
            mean = std::prev(means.end());
        }
        ++mean->settings;
        if (row.violated || row.inputs == 0) {
            ++(row.violated ? mean->violated : mean->failed);
            continue;
        }
        kept[static_cast<std::size_t>(mean - means.begin())].push_back(&row);
    }
    for (std::size_t i = 0; i < means.size(); ++i) {
        SettingMean& mean = means[i];
        mean.compared = static_cast<std::size_t>(std::ranges::count_if(
            kept[i], [](const SettingRow* row) { return row->energy_ratio.has_value(); }));
        average(kept[i], &SettingRow::energy_ratio, &SettingRow::energy_draws, mean.energy,
                mean.energy_interval);
        average(kept[i], &SettingRow::error_ratio, &SettingRow::error_draws, mean.error,
                mean.error_interval);
        mean.energy_j = plain_mean(kept[i], &SettingRow::energy_j);
        mean.plain_error = plain_mean(kept[i], &SettingRow::error);
    }
    return means;
}

std::string settings_text(const std::vector<SettingMean>& means, Part part,
                          const std::string& yardstick) {
    const bool compared =
        std::ranges::any_of(means, [](const SettingMean& mean) { return mean.compared > 0; });
    const std::string what =
        compared ? fmt::format(
                       "Energy and error over those of the best static choice of each "
                       "setting ({}):\nharmonic means",
                       yardstick)
                 : fmt::format(
                       "Energy (J a segment) and error as they are, since {} was not "
                       "played or keeps nothing:\nmeans",
                       yardstick);
    std::string text = fmt::format(
        "{} over the settings that the scheme keeps{};\n[ ] how many of its settings it violates{}"
        "\n\n{:<20}  {:>9}  {:>25}  {:>25}\n",
        what, part == Part::steady ? ", after the start" : "",
        compared ? ", ( ) 95 % interval by bootstrap" : "", "scheme", "settings",
        compared ? "energy" : "energy (J)", "error");
    for (const SettingMean& mean : means) {
        if (mean.failed == mean.settings) {
            text +=
                fmt::format("{:<20}  failed in each of {} settings\n", mean.scheme, mean.settings);
            continue;
        }
        text += fmt::format("{:<20}  {:>9}  {:>25}  {:>25}\n", mean.scheme,
                            fmt::format("{} [{}]", mean.settings, mean.violated),
                            compared ? mean_text(mean.energy, mean.energy_interval)
                                     : mean_text(mean.energy_j, std::nullopt),
                            compared ? mean_text(mean.error, mean.error_interval)
                                     : mean_text(mean.plain_error, std::nullopt));
        if (mean.failed > 0) text.insert(text.size() - 1, fmt::format("  {} failed", mean.failed));
    }
    return text;
}

}  // namespace oneadapt
