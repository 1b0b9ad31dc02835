#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/agreement.hpp"
#include "report/savings.hpp"
#include "report/settings.hpp"
#include "report/summary.hpp"
#include "sim/result.hpp"

namespace oneadapt {

/// What stands in one place of a results table; std::monostate where nothing was measured.
using Value = std::variant<std::monostate, std::string, std::int64_t, double>;

/// A column of a results table: its name and where its value comes from. Each is declared once and
/// serves CSV and JSON alike.
template <class Row>
struct Column {
    const char* name;
    Value (*value)(const Row&);
};

std::span<const Column<SegmentRow>> segment_columns();
std::span<const Column<SettingRow>> setting_columns();
/// More of segments that are played for constraints.
std::span<const Column<SegmentRow>> constraint_segment_columns();
std::span<const Column<SummaryRow>> summary_columns();
/// More of summaries where savings are at equal AP50.
std::span<const Column<SummaryRow>> ap50_columns();
std::span<const Column<SavingRow>> saving_columns();
std::span<const Column<AccGradRow>> accgrad_columns();
std::span<const Column<AgreementRow>> agreement_columns();

/// Nothing where there is no number.
inline Value value_of(const std::optional<double>& number) {
    return number ? Value(*number) : Value();
}

/// The columns that tell cells apart which are played for constraints; in the rows of other runs
/// they are empty, and their tables are without them.
inline constexpr std::array kConstraintColumns = {"deadline_s", "min_accuracy", "max_energy_j"};

/// These columns of rows that have a cell.
template <class Row>
std::span<const Column<Row>> constraint_columns() {
    using R = const Row&;
    static constexpr Column<Row> columns[] = {
        {kConstraintColumns[0],
         [](R r) {
             const std::optional<SimSeconds>& deadline = r.cell.goal.deadline;
             return deadline ? Value(deadline->value) : Value();
         }},
        {kConstraintColumns[1], [](R r) { return value_of(r.cell.goal.min_accuracy); }},
        {kConstraintColumns[2], [](R r) { return value_of(r.cell.goal.max_energy_j); }},
    };
    return columns;
}

/// Columns, and behind them those of constraints where any row has some.
template <class Row>
std::vector<Column<Row>> with_constraints(std::span<const Column<Row>> columns, bool any) {
    std::vector<Column<Row>> all(columns.begin(), columns.end());
    const auto more = constraint_columns<Row>();
    if (any) all.insert(all.end(), more.begin(), more.end());
    return all;
}

/// The constraints of a cell in one word, e.g. "deadline_s=0.06,min_accuracy=0.7"; empty where
/// there are none.
std::string constraints_text(const CellId& cell);

/// A CSV field (RFC 4180): quoted when it holds a comma, a quote or a line break.
std::string csv_field(std::string_view text);

/// A value as its CSV field: numbers as the shortest decimal that reads back to the same double,
/// whatever the locale; nothing for what is absent or not finite.
std::string csv_text(const Value& value);

/// The same value in JSON; null for what is absent or not finite.
nlohmann::json json_value(const Value& value);

/// A header and a line per row, each ended by '\n'.
template <class Row>
void write_csv(std::ostream& out, std::span<const Column<Row>> columns,
               const std::vector<Row>& rows) {
    const char* separator = "";
    for (const Column<Row>& column : columns) {
        out << separator << column.name;
        separator = ",";
    }
    out << '\n';
    for (const Row& row : rows) {
        separator = "";
        for (const Column<Row>& column : columns) {
            out << separator << csv_text(column.value(row));
            separator = ",";
        }
        out << '\n';
    }
}

/// An array with an object per row.
template <class Row>
nlohmann::json json_rows(std::span<const Column<Row>> columns, const std::vector<Row>& rows) {
    nlohmann::json out = nlohmann::json::array();
    for (const Row& row : rows) {
        nlohmann::json& object = out.emplace_back(nlohmann::json::object());
        for (const Column<Row>& column : columns) {
            object[column.name] = json_value(column.value(row));
        }
    }
    return out;
}

}  // namespace oneadapt
