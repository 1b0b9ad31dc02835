#include "report/parquet_ready.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/columns.hpp"
#include "report/results.hpp"
#include "support/csv_text.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

constexpr std::array kTables = {"segments", "summary", "savings",
                                "settings", "accgrad", "agreement"};

/// Columns of words, also where one looks like a number in a run, as a clip's name may.
constexpr std::array kWords = {"clip",   "part",     "scheme",       "configuration",
                               "status", "baseline", "resource",     "knob",
                               "from",   "to",       "averaged_over"};

/// The type of a column, given its fields.
std::string type_of(const std::string& name, const std::vector<std::vector<std::string>>& rows,
                    std::size_t column) {
    const bool words = std::ranges::find(kWords, name) != kWords.end() ||
                       std::ranges::any_of(rows, [&](const auto& row) {
                           const std::string& field = row[column];
                           return !field.empty() && !number_in<double>(field);
                       });
    return words ? "string" : "double";
}

/// The table with the run's name before each line, and its schema.
std::string with_run(const std::string& text, const std::string& run, const std::string& where,
                     nlohmann::json& schema) {
    const std::vector<std::string> lines = csv_lines(text);
    if (lines.empty()) throw InputError(where, "is empty", "run again");
    const std::vector<std::string> names = csv_fields(lines.front());
    std::vector<std::vector<std::string>> rows;
    rows.reserve(lines.size() - 1);
    std::string out = "run," + lines.front() + "\n";
    for (std::size_t i = 1; i < lines.size(); ++i) {
        rows.push_back(csv_fields(lines[i]));
        if (rows.back().size() != names.size()) {
            throw InputError(fmt::format("{}:{}", where, i + 1),
                             fmt::format("has {} fields, and the table {} columns",
                                         rows.back().size(), names.size()),
                             "run again");
        }
        out += fmt::format("{},{}\n", csv_field(run), lines[i]);
    }
    schema = {{{"name", "run"}, {"type", "string"}}};
    for (std::size_t c = 0; c < names.size(); ++c) {
        schema.push_back({{"name", names[c]}, {"type", type_of(names[c], rows, c)}});
    }
    return out;
}

void write(const StoredRun& run, const std::filesystem::path& out) {
    make_output_folder(out);
    const std::string name = std::filesystem::absolute(run.folder / "").parent_path().filename();
    nlohmann::json schemas = nlohmann::json::object();
    for (const char* table : kTables) {
        const std::string file = fmt::format("{}.csv", table);
        const std::optional<std::string> text = csv_text(run.folder / file);
        if (!text) continue;
        const std::string made =
            with_run(*text, name, (run.folder / file).string(), schemas[table]);
        write_file(out / file, [&](std::ostream& stream) { stream << made; });
    }
    write_file(out / "schema.json",
               [&](std::ostream& stream) { stream << schemas.dump(1) << '\n'; });
}

}  // namespace

ExportKind parquet_ready() {
    return {.name = "parquet-ready-csv",
            .summary = "every table with its run's name, and a schema of its columns' types",
            .write = write};
}

}  // namespace oneadapt
