#include "report/table.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "knobs/configuration.hpp"
#include "report/frontier.hpp"

namespace oneadapt {
namespace {

using Cells = std::vector<std::string>;

/// The rows behind a scheme's frontier, by ascending cost; the first of equals.
std::vector<const SummaryRow*> frontier_rows(const Report& report, const TableOptions& options,
                                             const std::string& scheme) {
    const auto rows = comparable_rows(report.summary, options.part, options.clip, scheme);
    std::vector<OperatingPoint> points;
    points.reserve(rows.size());
    for (const SummaryRow* row : rows) points.push_back(operating_point(*row, options.resource));
    std::vector<const SummaryRow*> out;
    for (const OperatingPoint& point : frontier(points)) {
        const auto at = std::find(points.begin(), points.end(), point);
        out.push_back(rows[static_cast<std::size_t>(at - points.begin())]);
    }
    return out;
}

/// The highest accuracy that every scheme reaches, rounded down to hundredths; absent where no
/// scheme has a point.
std::optional<double> common_accuracy(
    const std::vector<std::vector<const SummaryRow*>>& frontiers) {
    std::optional<double> lowest;
    for (const auto& rows : frontiers) {
        if (!rows.empty()) lowest = std::min(lowest.value_or(1.0), rows.back()->merit());
    }
    // An accuracy of 0.29 is a little less than 29 hundredths in binary.
    if (lowest) lowest = std::floor(*lowest * 100 + 1e-9) / 100;
    return lowest;
}

const SummaryRow& nearest(const std::vector<const SummaryRow*>& rows, double accuracy) {
    return **std::min_element(
        rows.begin(), rows.end(), [&](const SummaryRow* a, const SummaryRow* b) {
            return std::abs(a->merit() - accuracy) < std::abs(b->merit() - accuracy);
        });
}

/// Whole percents: an interval is never narrower than one.
std::string percent(double share) {
    const double rounded = std::round(share * 100);
    return fmt::format("{:.0f}", rounded == 0 ? 0.0 : rounded);
}

std::string saving_text(const SavingRow& row) {
    std::string saving = percent(*row.comparison.saving) + " %";
    if (!row.interval) return saving;
    return fmt::format("{} ({} to {})", saving, percent(row.interval->lo),
                       percent(row.interval->hi));
}

/// What the marks in a table mean; those that do not occur need no line.
struct Notes {
    bool none = false;
    bool single = false;
    bool intervals = false;
    std::optional<std::size_t> blocks;  ///< that savings rest on; absent without one
    Cells failed;

    std::string text() const {
        std::string out;
        if (none) out += "n/a  the two frontiers reach no accuracy in common\n";
        if (single) out += "*    at the one accuracy that both reach\n";
        if (intervals) {
            out += fmt::format("( )  95 % interval by bootstrap; blocks of segments: {}{}\n",
                               *blocks, *blocks < kFewBlocks ? ", too few to rely on it" : "");
        } else if (blocks && *blocks < kFewBlocks) {
            out += fmt::format(
                "     no interval: blocks of segments: {}, too few to rely on a saving\n", *blocks);
        }
        for (const std::string& line : failed) out += line;
        return out;
    }
};

std::string saving_cell(const Report& report, const TableOptions& options,
                        const std::string& scheme, const std::string& baseline, Notes& notes) {
    const auto row =
        std::find_if(report.savings.begin(), report.savings.end(), [&](const SavingRow& candidate) {
            return candidate.clip == options.clip && candidate.part == options.part &&
                   candidate.scheme == scheme && candidate.baseline == baseline &&
                   candidate.resource == options.resource;
        });
    const bool compared = row != report.savings.end() && row->comparison.points > 0 &&
                          row->comparison.baseline_points > 0;
    if (!compared) return "-";
    if (!row->comparison.saving) {
        notes.none = true;
        return "n/a";
    }
    const bool single = row->comparison.overlap == Overlap::single_point;
    notes.single = notes.single || single;
    notes.intervals = notes.intervals || row->interval;
    notes.blocks = row->blocks;
    return saving_text(*row) + (single ? "*" : "");
}

/// GPU work as frames, or as GFLOP where it is what is saved: models of several sizes may share it.
std::string gpu_text(const SummaryRow& row, Resource resource) {
    return fmt::format("{:.2f}", resource == Resource::gpu ? row.gflop : row.gpu_frames);
}

Cells figure_cells(const SummaryRow& row, Resource resource) {
    const CellId& cell = row.cell;
    return {cell.scheme,
            cell.goal.weight ? fmt::format("{:.3g}", *cell.goal.weight)
                             : (cell.fixed.empty() ? "-" : cell.fixed),
            fmt::format("{:.3f}", row.merit()),
            fmt::format("{:.1f}", row.kbps),
            gpu_text(row, resource),
            fmt::format("{:.1f}", row.camera_encodes),
            row.delay_s ? fmt::format("{:.3f}", *row.delay_s) : "-"};
}

/// The first column to the left, the others to the right, two spaces between them.
std::string aligned(const std::vector<Cells>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const Cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const Cells& row : rows) {
        std::string line = fmt::format("{:<{}}", row[0], widths[0]);
        for (std::size_t i = 1; i < row.size(); ++i) {
            line += fmt::format("  {:>{}}", row[i], widths[i]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

Cells chosen_baselines(const TableOptions& options, const Cells& schemes) {
    if (options.baselines.empty()) return schemes;
    Cells out;
    for (const std::string& baseline : options.baselines) {
        if (std::find(schemes.begin(), schemes.end(), baseline) != schemes.end()) {
            out.push_back(baseline);
        }
    }
    return out;
}

void note_failures(const Report& report, const std::string& clip, const std::string& scheme,
                   Notes& notes) {
    std::size_t failed = 0;
    for (const SummaryRow& row : report.summary) {
        const bool whole = row.part == Part::whole;
        if (whole && row.clip == clip && row.cell.scheme == scheme) failed += row.failed_segments;
    }
    if (failed > 0) {
        notes.failed.push_back(fmt::format(
            "{}: failed segments: {} (status in segments.csv); their cells are left out\n", scheme,
            failed));
    }
}

}  // namespace

Part part_of_tables(const Report& report) {
    const bool steady = std::ranges::any_of(report.summary, [](const SummaryRow& row) {
        return row.part == Part::steady && row.segments > 0;
    });
    return steady ? Part::steady : Part::whole;
}

std::vector<std::string> clips_of_tables(const Report& report) {
    std::vector<std::string> whole;
    for (const SummaryRow& row : report.summary) {
        if (row.segments == 0 || row.part != part_of_tables(report)) continue;
        if (row.clip == all_clips) return {all_clips};
        if (whole.empty() || whole.back() != row.clip) whole.push_back(row.clip);
    }
    return whole.empty() ? std::vector<std::string>{all_clips} : whole;
}

std::vector<std::string> clips_without_steady_part(const Report& report) {
    if (part_of_tables(report) != Part::steady) return {};
    std::map<std::string, std::map<Part, std::size_t>> segments;
    for (const SummaryRow& row : report.summary) {
        if (row.clip == all_clips) continue;
        std::size_t& most = segments[row.clip][row.part];
        most = std::max(most, row.segments);
    }
    std::vector<std::string> clips;
    for (auto& [clip, of] : segments) {
        if (of[Part::whole] > 0 && of[Part::steady] == 0) clips.push_back(clip);
    }
    return clips;
}

std::string table_text(const Report& report, const TableOptions& options) {
    const Cells schemes = schemes_of(report.summary);
    std::vector<std::vector<const SummaryRow*>> frontiers;
    for (const std::string& scheme : schemes) {
        frontiers.push_back(frontier_rows(report, options, scheme));
    }
    const std::optional<double> accuracy = common_accuracy(frontiers);
    const bool by_ap50 = !report.summary.empty() && report.summary.front().by_ap50;
    const std::string merit = by_ap50 ? "AP50" : "accuracy";
    const Cells baselines = chosen_baselines(options, schemes);

    std::vector<Cells> rows = {
        {"", "weight or", "", "", "GPU", "camera", "delay"},
        {"scheme", "config", merit, "kbit/s",
         options.resource == Resource::gpu ? "GFLOP" : "frames", "encodes", "s"}};
    for (const std::string& baseline : baselines) {
        rows[0].push_back("saving vs");
        rows[1].push_back(baseline);
    }
    Notes notes;
    for (std::size_t i = 0; i < schemes.size(); ++i) {
        note_failures(report, options.clip, schemes[i], notes);
        Cells row = frontiers[i].empty()
                        ? Cells{schemes[i], "-", "-", "-", "-", "-", "-"}
                        : figure_cells(nearest(frontiers[i], *accuracy), options.resource);
        for (const std::string& baseline : baselines) {
            row.push_back(saving_cell(report, options, schemes[i], baseline, notes));
        }
        rows.push_back(std::move(row));
    }

    const std::string where =
        accuracy ? fmt::format(", each scheme at its point nearest to {} {:.2f}", merit, *accuracy)
                 : "";
    const std::string title = fmt::format(
        "Means per segment{} (clip: {}){}\n"
        "Savings in {} at equal {}, over the {} that both reach\n\n",
        options.part == Part::steady ? " after the start"
                                     : " of the whole, no clip being longer than its start",
        options.clip, where, options.resource == Resource::bandwidth ? "kbit/s" : "GPU work", merit,
        by_ap50 ? "AP50s" : "accuracies");
    return title + aligned(rows) + notes.text();
}

}  // namespace oneadapt
