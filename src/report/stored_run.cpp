#include "report/stored_run.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/columns.hpp"
#include "support/csv_table.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

constexpr const char* kRemedy = "name a results folder of this version of oneadapt-sim";

/// Columns, and then those of constraints, which a table of weights lacks.
template <std::size_t N>
constexpr auto and_constraints(const std::array<const char*, N>& columns) {
    std::array<const char*, N + kConstraintColumns.size()> all{};
    std::ranges::copy(columns, all.begin());
    std::ranges::copy(kConstraintColumns, all.begin() + N);
    return all;
}

/// As constraints_text() spells them; they are the last columns.
template <std::size_t N>
std::string constraints_of(const TableLine<N>& line) {
    std::string text;
    for (std::size_t i = 0; i < kConstraintColumns.size(); ++i) {
        const std::string value = line.text(N - kConstraintColumns.size() + i);
        if (value.empty()) continue;
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", kConstraintColumns.at(i), value);
    }
    return text;
}

void read_segments(const std::filesystem::path& file, std::vector<StoredSegment>& out) {
    static constexpr std::array kColumns = {"clip",     "scheme",        "weight",
                                            "segment",  "configuration", "uplink_bytes",
                                            "accuracy", "delay_s",       "status"};
    const auto take = [&](const auto& line) {
        StoredSegment& row = out.emplace_back();
        row.clip = line.text(0);
        row.scheme = line.text(1);
        row.weight = line.optional(2);
        row.constraints = constraints_of(line);
        row.segment = line.whole(3);
        row.configuration = line.text(4);
        row.status = line.text(8);
        if (row.status != "ok") return;
        row.uplink_bytes = line.number(5);
        row.accuracy = line.number(6);
        row.delay_s = line.optional(7);
    };
    read_table(file, and_constraints(kColumns), kRemedy, take, kColumns.size());
}

void read_points(const std::filesystem::path& file, std::vector<StoredPoint>& out) {
    static constexpr std::array kColumns = {"clip",
                                            "part",
                                            "scheme",
                                            "weight",
                                            "configuration",
                                            "kbps",
                                            "accuracy",
                                            "gflop",
                                            "energy_j",
                                            "delay_s",
                                            "streaming_accuracy",
                                            "accuracy_ci_lo",
                                            "accuracy_ci_hi",
                                            "kbps_ci_lo",
                                            "kbps_ci_hi",
                                            "segments"};
    const auto take = [&](const auto& line) {
        StoredPoint& row = out.emplace_back(StoredPoint{.clip = line.text(0),
                                                        .part = line.text(1),
                                                        .scheme = line.text(2),
                                                        .weight = line.optional(3),
                                                        .constraints = constraints_of(line),
                                                        .configuration = line.text(4),
                                                        .figures = {}});
        for (std::size_t column = 5; column < kColumns.size(); ++column) {
            if (const auto figure = line.optional(column)) {
                row.figures.emplace_back(kColumns.at(column), *figure);
            }
        }
    };
    read_table(file, and_constraints(kColumns), kRemedy, take, kColumns.size());
}

void read_savings(const std::filesystem::path& file, std::vector<StoredSaving>& out) {
    static constexpr std::array kColumns = {"clip",     "part",         "scheme",
                                            "baseline", "resource",     "status",
                                            "saving",   "saving_ci_lo", "saving_ci_hi"};
    read_table(file, kColumns, kRemedy, [&](const auto& line) {
        out.push_back({.clip = line.text(0),
                       .part = line.text(1),
                       .scheme = line.text(2),
                       .baseline = line.text(3),
                       .resource = line.text(4),
                       .status = line.text(5),
                       .saving = line.optional(6),
                       .lo = line.optional(7),
                       .hi = line.optional(8)});
    });
}

void read_estimates(const std::filesystem::path& file, std::vector<StoredEstimate>& out) {
    static constexpr std::array kColumns = {"clip", "scheme", "weight",   "segment", "knob",
                                            "from", "to",     "estimate", "measured"};
    const auto take = [&](const auto& line) {
        out.push_back({.clip = line.text(0),
                       .scheme = line.text(1),
                       .weight = line.optional(2),
                       .constraints = constraints_of(line),
                       .segment = line.whole(3),
                       .knob = line.text(4),
                       .from = line.text(5),
                       .to = line.text(6),
                       .estimate = line.number(7),
                       .measured = line.number(8)});
    };
    read_table(file, and_constraints(kColumns), kRemedy, take, kColumns.size());
}

}  // namespace

StoredRun read_results(const std::filesystem::path& folder) {
    StoredRun run;
    run.folder = folder;
    run.manifest = read_json(folder / "manifest.json", FileRole::input);
    check_object(run.manifest, (folder / "manifest.json").string(), FileRole::input);
    const std::filesystem::path segments = folder / "segments.csv";
    if (!std::filesystem::exists(segments)) {
        throw InputError(segments.string(),
                         "does not exist: these results are kept without segments",
                         fmt::format("play them again: oneadapt-sim run {} --out FOLDER",
                                     (folder / "manifest.json").string()));
    }
    read_segments(segments, run.segments);
    read_points(folder / "summary.csv", run.points);
    read_savings(folder / "savings.csv", run.savings);
    if (std::filesystem::exists(folder / "accgrad.csv")) {
        read_estimates(folder / "accgrad.csv", run.estimates);
    }
    return run;
}

}  // namespace oneadapt
