#include "report/explain.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "knobs/configuration.hpp"
#include "report/savings.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// The values that some rows have, in the order of the file.
template <class T>
std::vector<T> present(const StoredRun& run,
                       const std::function<std::optional<T>(const StoredSegment&)>& of) {
    std::vector<T> values;
    std::set<T> seen;
    for (const StoredSegment& row : run.segments) {
        if (const std::optional<T> value = of(row); value && seen.insert(*value).second) {
            values.push_back(*value);
        }
    }
    return values;
}

template <class T>
T chosen(const std::optional<T>& wanted, const std::vector<T>& valid, const T& otherwise,
         const std::string& option) {
    if (!wanted) return otherwise;
    if (std::ranges::find(valid, *wanted) == valid.end()) {
        throw UsageError(fmt::format("{} {}", option, *wanted), "is not in these results",
                         fmt::format("choose from {}", fmt::join(valid, ", ")));
    }
    return *wanted;
}

std::optional<std::string> given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

/// What of a run is looked at.
struct Cell {
    std::string clip;
    std::string scheme;
    std::optional<double> weight;

    bool has(const StoredSegment& row) const {
        return row.clip == clip && row.scheme == scheme && row.weight == weight;
    }
};

Cell find_cell(const StoredRun& run, const Explained& what) {
    const auto clips = present<std::string>(run, [](const auto& row) { return given(row.clip); });
    if (clips.empty()) {
        throw UsageError(run.folder.string(), "holds no segments", "name another folder");
    }
    Cell cell;
    cell.clip = chosen(given(what.clip), clips, clips.front(), "--clip");
    const auto adapting = present<std::string>(run, [&](const auto& row) {
        return row.weight && row.clip == cell.clip ? given(row.scheme) : std::nullopt;
    });
    if (adapting.empty()) {
        throw UsageError(run.folder.string(), "holds no scheme that was played for a weight",
                         "name a folder of a run with one, e.g. --scheme oneadapt; runs for "
                         "constraints (--goal) are in their settings.csv");
    }
    cell.scheme = chosen(given(what.scheme), adapting, adapting.front(), "--scheme");
    auto weights = present<double>(run, [&](const auto& row) {
        return row.clip == cell.clip && row.scheme == cell.scheme ? row.weight : std::nullopt;
    });
    std::ranges::sort(weights);
    cell.weight = chosen(what.weight, weights, weights.at(weights.size() / 2), "--weight");
    return cell;
}

const StoredSegment* find_row(const StoredRun& run, const Cell& cell, int segment) {
    for (const StoredSegment& row : run.segments) {
        if (row.segment == segment && cell.has(row)) return &row;
    }
    return nullptr;
}

std::string figures(const StoredSegment& row) {
    if (row.status != "ok") return row.status;
    return fmt::format("{:.1f} kB, accuracy {:.3f}{}", row.uplink_bytes / 1000, row.accuracy,
                       row.delay_s
                           ? fmt::format(", last result {:.3f} s after its capture", *row.delay_s)
                           : ", no result");
}

/// A configuration with a value for each region by their mean.
std::string short_name(const std::string& configuration) {
    constexpr std::size_t kLong = 60;
    if (configuration.size() <= kLong) return configuration;
    const Configuration read = Configuration::parse(configuration);
    std::vector<std::string> parts;
    for (const auto& [knob, values] : read.values()) {
        parts.push_back(fmt::format("{} {:.4g}{}", knob, read.get(knob, 0),
                                    values.size() > 1 ? " in the mean" : ""));
    }
    for (const auto& [knob, name] : read.names()) parts.push_back(fmt::format("{} {}", knob, name));
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// What the scheme had learnt when it decided: estimates are made once a segment is played.
std::string expected(const StoredRun& run, const Cell& cell, int segment) {
    std::string text;
    for (const StoredEstimate& step : run.estimates) {
        if (step.segment != segment - 1 || step.clip != cell.clip || step.scheme != cell.scheme ||
            step.weight != cell.weight) {
            continue;
        }
        text += fmt::format(
            "  {} from {} to {}: expected to lose {:.4g} (in units of its own), measured to lose "
            "{:.3f} of accuracy\n",
            step.knob, step.from, step.to, step.estimate, step.measured);
    }
    if (text.empty()) return text;
    return fmt::format("What it had found out in segment {}, of one step to a cheaper value:\n{}",
                       segment - 1, text);
}

/// What static configurations got in the segment: the one that was played and its neighbours in
/// size.
std::string neighbours(const StoredRun& run, const Cell& cell, const StoredSegment& played) {
    if (played.status != "ok") return {};
    const std::string unadapted = Yardsticks().floor;
    std::vector<const StoredSegment*> fixed;
    for (const StoredSegment& row : run.segments) {
        if (row.clip == cell.clip && row.segment == played.segment && row.scheme == unadapted &&
            row.status == "ok") {
            fixed.push_back(&row);
        }
    }
    std::ranges::stable_sort(fixed, std::greater<>(), &StoredSegment::uplink_bytes);
    const auto below = std::ranges::partition_point(
        fixed, [&](const StoredSegment* row) { return row->uplink_bytes > played.uplink_bytes; });
    std::string text;
    const auto line = [&](const char* what, const StoredSegment& row) {
        text += fmt::format("  {} {}: {}\n", what, short_name(row.configuration), figures(row));
    };
    if (below != fixed.begin()) line("dearer: ", **(below - 1));
    for (auto at = below; at != fixed.end(); ++at) {
        if ((*at)->configuration == played.configuration) continue;
        line("cheaper:", **at);
        break;
    }
    return text.empty() ? text : "Static configurations next to it in this segment:\n" + text;
}

std::string others(const StoredRun& run, const Cell& cell, int segment) {
    std::string text;
    for (const StoredSegment& row : run.segments) {
        if (row.clip != cell.clip || row.segment != segment || row.weight != cell.weight ||
            row.scheme == cell.scheme) {
            continue;
        }
        text += fmt::format("  {:<18} {}: {}\n", row.scheme, short_name(row.configuration),
                            figures(row));
    }
    return text.empty() ? text : "What others played in it at this weight:\n" + text;
}

}  // namespace

std::string explain(const StoredRun& run, const Explained& what) {
    const Cell cell = find_cell(run, what);
    const StoredSegment* played = find_row(run, cell, what.segment);
    if (played == nullptr) {
        int last = 0;
        for (const StoredSegment& row : run.segments) {
            if (cell.has(row)) last = std::max(last, row.segment);
        }
        throw UsageError(fmt::format("--segment {}", what.segment), "is not in these results",
                         fmt::format("choose from 0 to {}", last));
    }
    std::string text = fmt::format(
        "{} at weight {} in segment {} of {}\nIt played {}: {}\n", cell.scheme,
        cell.weight.value_or(0), what.segment, cell.clip,
        played->status == "ok" ? short_name(played->configuration) : "nothing", figures(*played));
    if (const StoredSegment* before = find_row(run, cell, what.segment - 1)) {
        text += fmt::format("In the segment before it played {}: {}\n",
                            short_name(before->configuration), figures(*before));
    } else {
        text += "It is the first segment: nothing was known before it\n";
    }
    text += expected(run, cell, what.segment);
    text += neighbours(run, cell, *played);
    text += others(run, cell, what.segment);
    return text;
}

}  // namespace oneadapt
