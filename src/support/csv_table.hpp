#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

// The library cuts long file names off, of which GCC warns where it inlines enough to see it.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#define CSV_IO_NO_THREAD
#include <libfccp/csv.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include "support/errors.hpp"
#include "support/input_file.hpp"
#include "support/text.hpp"

namespace oneadapt {

/// The fields of one line of a table, and where it stands. Its figures throw InputError naming
/// file, line and column for what is not one.
template <std::size_t N>
class TableLine {
  public:
    TableLine(const std::array<const char*, N>& names, std::string where)
        : names_(names), where_(std::move(where)) {}

    std::array<char*, N> fields = {};

    /// Empty in a column that the table lacks.
    std::string text(std::size_t column) const {
        return fields.at(column) == nullptr ? "" : fields.at(column);
    }

    std::optional<double> optional(std::size_t column) const {
        const std::string field = text(column);
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
        const std::optional<int> number = number_in<int>(text(column));
        if (!number) refuse(column);
        return *number;
    }

  private:
    [[noreturn]] void refuse(std::size_t column) const {
        throw InputError(
            where_,
            fmt::format("'{}' in column '{}' is not a number", text(column), names_.at(column)),
            "write a number");
    }

    const std::array<const char*, N>& names_;
    std::string where_;
};

/// Gives each line of a CSV with a header, with these of its columns, to `take`; the table may lack
/// those from the place `optional` on. Throws InputError for a file that is missing, damaged or
/// lacks a column; `remedy` says what would be right.
template <std::size_t N, class Take>
void read_table(const std::filesystem::path& file, const std::array<const char*, N>& columns,
                const std::string& remedy, const Take& take, std::size_t optional = N) {
    check_regular(file, FileRole::input, remedy);
    try {
        io::CSVReader<N, io::trim_chars<>, io::double_quote_escape<',', '"'>> reader(file.string());
        std::apply(
            [&](auto... names) {
                reader.read_header(io::ignore_extra_column | io::ignore_missing_column, names...);
            },
            columns);
        for (std::size_t i = 0; i < optional; ++i) {
            if (reader.has_column(columns.at(i))) continue;
            throw InputError(file.string(), fmt::format("lacks the column '{}'", columns.at(i)),
                             remedy);
        }
        while (true) {
            TableLine<N> line(columns,
                              fmt::format("{}:{}", file.string(), reader.get_file_line() + 1));
            if (!std::apply([&](auto&... fields) { return reader.read_row(fields...); },
                            line.fields)) {
                break;
            }
            take(line);
        }
    } catch (const io::error::base& error) {
        throw InputError(file.string(), fmt::format("cannot be read ({})", error.what()), remedy);
    }
}

}  // namespace oneadapt
