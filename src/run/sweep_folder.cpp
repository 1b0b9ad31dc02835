#include "run/sweep_folder.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "report/columns.hpp"
#include "report/results.hpp"
#include "run/fields.hpp"
#include "run/used_files.hpp"
#include "support/csv_text.hpp"
#include "support/errors.hpp"
#include "support/hash.hpp"
#include "support/pending_file.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Names of folders may have 255 bytes, and hidden ones beside them are longer.
constexpr std::size_t kLongestName = 180;

/// An object, or nothing where the file is missing or is none.
std::optional<json> read_object(const fs::path& file) {
    const std::optional<std::string> text = csv_text(file);
    if (!text) return std::nullopt;
    json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
    return object.is_object() ? std::optional(std::move(object)) : std::nullopt;
}

std::optional<json> manifest_in(const fs::path& results) {
    return read_object(results / "manifest.json");
}

void replace_file(const fs::path& file, const std::string& text) {
    PendingFile pending(file);
    write_file(pending.path(), [&](std::ostream& out) { out << text; });
    pending.keep();
}

std::string text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number()) return number_text(value.get<double>());
    if (!value.is_array()) return value.dump();
    std::vector<std::string> items;
    for (const json& item : value) items.push_back(text_of(item));
    return fmt::format("{}", fmt::join(items, " "));
}

void flatten(const std::string& name, const json& value,
             std::vector<std::pair<std::string, std::string>>& out) {
    if (!value.is_object()) {
        out.emplace_back(name, text_of(value));
        return;
    }
    for (const auto& [key, inner] : value.items()) {
        flatten(fmt::format("{}.{}", name, key), inner, out);
    }
}

/// Every column that results have.
std::set<std::string> result_columns() {
    std::set<std::string> names = {"cell", "status", "folder"};
    const auto add = [&](const auto& columns) {
        for (const auto& column : columns) names.insert(column.name);
    };
    add(summary_columns());
    add(saving_columns());
    add(setting_columns());
    add(constraint_columns<SettingRow>());
    add(ap50_columns());
    return names;
}

/// What the axes set, of every cell: the columns that stand before those of its results. One that
/// has the name of such a column is a `spec.NAME`.
class AxisColumns {
  public:
    explicit AxisColumns(const std::vector<Cell>& cells) {
        for (const Cell& cell : cells) {
            for (const auto& [name, value] : axis_values(cell.point)) {
                if (std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
            }
        }
    }

    std::string header() const {
        std::string text = "cell";
        for (const std::string& name : names_) {
            text += "," + csv_field(taken_.contains(name) ? "spec." + name : name);
        }
        return text;
    }

    std::string row(const Cell& cell) const {
        std::map<std::string, std::string> values;
        for (auto& [name, value] : axis_values(cell.point)) values[name] = value;
        std::string text = csv_field(cell.id);
        for (const std::string& name : names_) text += "," + csv_field(values[name]);
        return text;
    }

  private:
    const std::set<std::string> taken_ = result_columns();
    std::vector<std::string> names_;
};

/// The lines of the table of that name in a cell.
struct CellTable {
    const Cell* cell;
    fs::path file;
    std::vector<std::string> lines;
};

/// The columns that a table has only where something asks for them.
std::set<std::string> columns_at_will() {
    std::set<std::string> names(kConstraintColumns.begin(), kConstraintColumns.end());
    for (const auto& column : ap50_columns()) names.insert(column.name);
    return names;
}

/// Whether a table of a results folder is there as it was written, by the manifest beside it.
bool whole(const json& manifest, const fs::path& table) {
    const json tables = manifest.value("tables", json::object());
    std::error_code error;
    return fs::is_regular_file(table, error) &&
           tables.value(table.filename().string(), "") == hash_file(table).hex();
}

[[noreturn]] void refuse_table(const fs::path& file) {
    throw InputError(file.string(), "is not as the sweep left it",
                     "remove the cell's folder and sweep again");
}

/// The tables of the cells one below the other. A column that a cell had no need of is empty there.
std::string stacked(const std::vector<CellTable>& tables, const AxisColumns& axes) {
    std::vector<std::string> names;
    for (const CellTable& table : tables) {
        for (const std::string& name : csv_fields(table.lines.front())) {
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
    }
    std::string out = axes.header();
    for (const std::string& name : names) out += "," + name;
    out += "\n";
    const std::set<std::string> at_will = columns_at_will();
    for (const CellTable& table : tables) {
        const std::vector<std::string> has = csv_fields(table.lines.front());
        std::vector<std::size_t> places;  // of each name; has.size() where it is not there
        for (const std::string& name : names) {
            const auto at = std::ranges::find(has, name);
            if (at == has.end() && !at_will.contains(name)) refuse_table(table.file);
            places.push_back(static_cast<std::size_t>(at - has.begin()));
        }
        for (std::size_t i = 1; i < table.lines.size(); ++i) {
            std::vector<std::string> fields = csv_fields(table.lines[i]);
            if (fields.size() != has.size()) refuse_table(table.file);
            fields.emplace_back();
            out += axes.row(*table.cell);
            for (const std::size_t place : places) out += "," + fields[place];
            out += "\n";
        }
    }
    return out;
}

/// What the played cells have under that name; each must have it where `all` do.
std::vector<CellTable> tables_of(const SweepFolder& folder, const std::vector<Cell>& cells,
                                 const std::string& name, bool all) {
    std::vector<CellTable> tables;
    for (const Cell& cell : cells) {
        if (!folder.state(cell).played) continue;
        CellTable table{.cell = &cell, .file = folder.of(cell) / name, .lines = {}};
        const std::optional<std::string> written = csv_text(table.file);
        if (!written && !all) continue;
        const json manifest = manifest_in(folder.of(cell)).value_or(json::object());
        if (!written || !whole(manifest, table.file)) refuse_table(table.file);
        table.lines = csv_lines(*written);
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace

Hash128 spec_hash_of(const Cell& cell) {
    try {
        return hash_of(resolve(cell.spec));
    } catch (const Error&) {
        return cell.hash;
    }
}

std::vector<std::pair<std::string, std::string>> axis_values(const json& point) {
    std::vector<std::pair<std::string, std::string>> values;
    for (const Field& field : fields()) {
        const auto value = point.find(field.key);
        if (value != point.end()) flatten(field.key, *value, values);
    }
    return values;
}

SweepFolder::SweepFolder(fs::path folder, const Experiment& experiment)
    : folder_(std::move(folder)), experiment_(to_json(experiment)) {}

fs::path SweepFolder::of(const Cell& cell) const {
    std::string name = cell.id;
    if (name.size() > kLongestName) {
        name = name.substr(0, kLongestName - 33) + "-" + Hasher().add(cell.id).finish().hex();
    }
    return folder_ / "cells" / name;
}

void SweepFolder::claim(bool go_on) const {
    const fs::path file = folder_ / "experiment.json";
    const std::optional<json> known = read_object(file);
    std::error_code error;
    if (!known && fs::exists(folder_, error) && !fs::is_empty(folder_, error)) {
        throw OutputError(folder_.string(), "is not empty and holds no sweep of this program",
                          "choose another --out");
    }
    if (known && *known != experiment_ && !go_on) {
        throw OutputError(folder_.string(), "holds a sweep of another experiment",
                          "choose another --out, or give --resume to keep what both have");
    }
    if (!known || *known != experiment_) replace_file(file, experiment_.dump(2) + "\n");
    for (const fs::path& place : {folder_, folder_ / "cells"}) remove_abandoned(place);
}

bool SweepFolder::finished(const Cell& cell, const Session& session) const {
    const std::optional<json> manifest = manifest_in(of(cell));
    if (!manifest) return false;
    const auto holds = [&](const char* key, const json& value) {
        return manifest->value(key, json()) == value;
    };
    if (!holds("spec_hash", spec_hash_of(cell).hex())) return false;
    if (!holds("results_version", kResultsVersion) || !holds("failures", json::array())) {
        return false;
    }
    const json tables = manifest->value("tables", json::object());
    if (tables.empty()) return false;
    for (const auto& [name, hash] : tables.items()) {
        if (!whole(*manifest, of(cell) / name)) return false;
    }
    const UsedFiles then = files_of_manifest(of(cell) / "manifest.json");
    return std::ranges::all_of(files_at_hand(session), [&](const auto& now) {
        const auto known = then.find(now.first);
        return known != then.end() && known->second == now.second;
    });
}

CellState SweepFolder::state(const Cell& cell) const {
    const std::optional<json> manifest = manifest_in(of(cell));
    if (!manifest || manifest->value("spec_hash", json()) != spec_hash_of(cell).hex()) {
        return {.status = "missing"};
    }
    for (const json& failure : manifest->value("failures", json::array())) {
        return {.status = "error: " + text_of(failure), .played = true};
    }
    return {.status = "ok", .played = true};
}

void SweepFolder::collect(const std::vector<Cell>& cells) const {
    const AxisColumns axes(cells);
    std::string table = axes.header() + ",status,folder\n";
    for (const Cell& cell : cells) {
        const CellState known = state(cell);
        const std::string results =
            known.played ? of(cell).lexically_relative(folder_).string() : "";
        table +=
            fmt::format("{},{},{}\n", axes.row(cell), csv_field(known.status), csv_field(results));
    }
    for (const char* name : {"summary.csv", "savings.csv"}) {
        replace_file(folder_ / name, stacked(tables_of(*this, cells, name, true), axes));
    }
    const fs::path settings = folder_ / "settings.csv";
    const std::vector<CellTable> constrained = tables_of(*this, cells, "settings.csv", false);
    if (constrained.empty()) {
        std::error_code ignored;  // where there is none
        fs::remove(settings, ignored);
    } else {
        replace_file(settings, stacked(constrained, axes));
    }
    replace_file(folder_ / "cells.csv", table);
}

}  // namespace oneadapt
