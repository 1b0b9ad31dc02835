#include "report/stored_run.hpp"

#include <array>
#include <string_view>
#include <tuple>

#define CSV_IO_NO_THREAD
#include <fmt/format.h>
#include <libfccp/csv.h>

#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

constexpr const char* kRemedy = "name a results folder of this version of oneadapt-sim";

/// The fields of one line, and where it stands.
template <std::size_t N>
class Line {
  public:
    Line(const std::array<const char*, N>& names, std::string where)
        : names_(names), where_(std::move(where)) {}

    std::array<char*, N> fields = {};

    std::string text(std::size_t column) const { return fields.at(column); }

    std::optional<double> optional(std::size_t column) const {
        const std::string_view field = fields.at(column);
        if (field.empty()) return std::nullopt;
        const std::optional<double> number = number_in<double>(field);
        if (!number) refuse(column);
        return number;
    }
    double number(std::size_t column) const {
        const std::optional<double> number = optional(column);
        if (!number) refuse(column);
        return *number;
    }
    int whole(std::size_t column) const {
        const std::optional<int> number = number_in<int>(fields.at(column));
        if (!number) refuse(column);
        return *number;
    }

  private:
    [[noreturn]] void refuse(std::size_t column) const {
        throw InputError(where_,
                         fmt::format("'{}' in column '{}' is not a number", fields.at(column),
                                     names_.at(column)),
                         "run oneadapt-sim again");
    }

    const std::array<const char*, N>& names_;
    std::string where_;
};

/// Gives each line of a table, with these of its columns, to `take`.
template <std::size_t N, class Take>
void read_table(const std::filesystem::path& file, const std::array<const char*, N>& columns,
                const Take& take) {
    check_regular(file, FileRole::input, kRemedy);
    try {
        io::CSVReader<N, io::trim_chars<>, io::double_quote_escape<',', '"'>> reader(file.string());
        std::apply([&](auto... names) { reader.read_header(io::ignore_extra_column, names...); },
                   columns);
        while (true) {
            Line<N> line(columns, fmt::format("{}:{}", file.string(), reader.get_file_line() + 1));
            if (!std::apply([&](auto&... fields) { return reader.read_row(fields...); },
                            line.fields)) {
                break;
            }
            take(line);
        }
    } catch (const io::error::base& error) {
        throw InputError(file.string(), fmt::format("cannot be read ({})", error.what()), kRemedy);
    }
}

void read_segments(const std::filesystem::path& file, std::vector<StoredSegment>& out) {
    static constexpr std::array kColumns = {"clip",     "scheme",        "weight",
                                            "segment",  "configuration", "uplink_bytes",
                                            "accuracy", "delay_s",       "status"};
    read_table(file, kColumns, [&](const auto& line) {
        StoredSegment& row = out.emplace_back();
        row.clip = line.text(0);
        row.scheme = line.text(1);
        row.weight = line.optional(2);
        row.segment = line.whole(3);
        row.configuration = line.text(4);
        row.status = line.text(8);
        if (row.status != "ok") return;
        row.uplink_bytes = line.number(5);
        row.accuracy = line.number(6);
        row.delay_s = line.optional(7);
    });
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
    read_table(file, kColumns, [&](const auto& line) {
        StoredPoint& row = out.emplace_back(StoredPoint{.clip = line.text(0),
                                                        .part = line.text(1),
                                                        .scheme = line.text(2),
                                                        .weight = line.optional(3),
                                                        .configuration = line.text(4),
                                                        .figures = {}});
        for (std::size_t column = 5; column < kColumns.size(); ++column) {
            if (const auto figure = line.optional(column)) {
                row.figures.emplace_back(kColumns.at(column), *figure);
            }
        }
    });
}

void read_savings(const std::filesystem::path& file, std::vector<StoredSaving>& out) {
    static constexpr std::array kColumns = {"clip",     "part",         "scheme",
                                            "baseline", "resource",     "status",
                                            "saving",   "saving_ci_lo", "saving_ci_hi"};
    read_table(file, kColumns, [&](const auto& line) {
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
    read_table(file, kColumns, [&](const auto& line) {
        out.push_back({.clip = line.text(0),
                       .scheme = line.text(1),
                       .weight = line.optional(2),
                       .segment = line.whole(3),
                       .knob = line.text(4),
                       .from = line.text(5),
                       .to = line.text(6),
                       .estimate = line.number(7),
                       .measured = line.number(8)});
    });
}

}  // namespace

StoredRun read_results(const std::filesystem::path& folder) {
    StoredRun run;
    run.folder = folder;
    run.manifest = read_json(folder / "manifest.json", FileRole::input);
    check_object(run.manifest, (folder / "manifest.json").string(), FileRole::input);
    read_segments(folder / "segments.csv", run.segments);
    read_points(folder / "summary.csv", run.points);
    read_savings(folder / "savings.csv", run.savings);
    if (std::filesystem::exists(folder / "accgrad.csv")) {
        read_estimates(folder / "accgrad.csv", run.estimates);
    }
    return run;
}

}  // namespace oneadapt
