#pragma once

#include <cstdint>
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
/// More of segments and summaries where they are played for constraints.
std::span<const Column<SegmentRow>> constraint_segment_columns();
std::span<const Column<SummaryRow>> constraint_summary_columns();
std::span<const Column<SummaryRow>> summary_columns();
/// More of summaries where savings are at equal AP50.
std::span<const Column<SummaryRow>> ap50_columns();
std::span<const Column<SavingRow>> saving_columns();
std::span<const Column<AccGradRow>> accgrad_columns();
std::span<const Column<AgreementRow>> agreement_columns();

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
