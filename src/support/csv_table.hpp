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
    TableLine(const std::array<const char*, N>& names, const std::array<char*, N>& fields,
              std::string where)
        : names_(names), fields_(fields), where_(std::move(where)) {}

    /// File and line.
    const std::string& where() const { return where_; }

    /// Empty in a column that the table lacks.
    std::string text(std::size_t column) const {
        return fields_.at(column) == nullptr ? "" : fields_.at(column);
    }

    /// Not empty.
    std::string word(std::size_t column) const {
        if (text(column).empty()) refuse(column, "a word");
        return text(column);
    }

    std::optional<double> optional(std::size_t column) const {
        if (text(column).empty()) return std::nullopt;
        return number(column);
    }
    double number(std::size_t column) const {
        const std::optional<double> number = number_in<double>(text(column));
        if (!number) refuse(column, "a number");
        return *number;
    }
    double number(std::size_t column, double lowest, double highest) const {
        const std::optional<double> number = number_in<double>(text(column));
        if (!number || *number < lowest || *number > highest) {
            refuse(column, fmt::format("a number from {} to {}", lowest, highest));
        }
        return *number;
    }
    int whole(std::size_t column) const {
        const std::optional<int> number = number_in<int>(text(column));
        if (!number) refuse(column, "a whole number");
        return *number;
    }
    int whole(std::size_t column, int lowest, int highest) const {
        const std::optional<int> number = number_in<int>(text(column));
        if (!number || *number < lowest || *number > highest) {
            refuse(column, fmt::format("a whole number from {} to {}", lowest, highest));
        }
        return *number;
    }

  private:
    [[noreturn]] void refuse(std::size_t column, const std::string& wanted) const {
        throw InputError(
            where_,
            fmt::format("'{}' in column '{}' is not {}", text(column), names_.at(column), wanted),
            "write " + wanted);
    }

    const std::array<const char*, N>& names_;
    const std::array<char*, N>& fields_;
    std::string where_;
};

/// Gives each line of a CSV with a header, empty ones left out, with these of its columns, to
/// `take`; the table may lack those from the place `optional` on. Throws InputError for a file that
/// is missing, damaged or lacks a column; `remedy` says what would be right.
template <std::size_t N, class Take>
void read_table(const std::filesystem::path& file, const std::array<const char*, N>& columns,
                const std::string& remedy, const Take& take, std::size_t optional = N) {
    check_regular(file, FileRole::input, remedy);
    try {
        io::CSVReader<N, io::trim_chars<>, io::double_quote_escape<',', '"'>, io::throw_on_overflow,
                      io::empty_line_comment>
            reader(file.string());
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
        std::array<char*, N> fields = {};
        const auto next = [&] {
            return std::apply([&](auto&... field) { return reader.read_row(field...); }, fields);
        };
        while (next()) {
            take(TableLine<N>(columns, fields,
                              fmt::format("{}:{}", file.string(), reader.get_file_line())));
        }
    } catch (const io::error::base& error) {
        throw InputError(file.string(), fmt::format("cannot be read ({})", error.what()), remedy);
    }
}

}  // namespace oneadapt
