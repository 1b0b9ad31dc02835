#pragma once

#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "run/field_types.hpp"
#include "run/fields.hpp"
#include "run/spec.hpp"
#include "support/errors.hpp"

/// How a row of the table of fields is made from a member of RunSpec.
namespace oneadapt::field_row {

using nlohmann::json;

/// What the rows of a table are called: the choices of a field.
template <class Table>
std::vector<std::string> names_of(const Table& table) {
    std::vector<std::string> names;
    names.reserve(std::ranges::size(table));
    for (const auto& row : table) names.emplace_back(row.name);
    return names;
}

template <class T>
struct Holds {
    using Type = T;
};
template <class T>
struct Holds<std::optional<T>> {
    using Type = T;
};

template <class T>
constexpr const char* type_name() {
    if constexpr (std::is_same_v<T, double>) return "FLOAT";
    if constexpr (std::is_same_v<T, int>) return "INT";
    return "TEXT";
}

template <class T>
constexpr Often often() {
    if constexpr (std::is_same_v<T, std::vector<std::string>> ||
                  std::is_same_v<T, std::vector<double>>) {
        return Often::list;
    }
    constexpr bool one = std::is_same_v<T, std::string> || std::is_same_v<T, double> ||
                         std::is_same_v<T, int> || std::is_same_v<T, NumberOrWord> ||
                         std::is_same_v<T, std::filesystem::path>;
    return one ? Often::once : Often::repeated;
}

/// Lets `check` follow a check of the range.
template <class M>
void check_range(Field& row, M RunSpec::*member) {
    row.type = fmt::format("{} in [{:g} - {:g}]", row.type, row.range->lowest, row.range->highest);
    row.check = [member, range = *row.range, option = row.option](const RunSpec& spec) {
        double value = range.lowest;
        if constexpr (std::is_arithmetic_v<M>) {
            value = static_cast<double>(spec.*member);
        } else if (spec.*member) {
            value = static_cast<double>(*(spec.*member));
        }
        if (value >= range.lowest && value <= range.highest) return;
        throw UsageError(option, fmt::format("{} is out of range", value),
                         fmt::format("use a number from {} to {}", range.lowest, range.highest));
    };
}

/// Fills in what follows from the member's type.
template <class M>
Field field(M RunSpec::*member, Field row) {
    using T = typename Holds<M>::Type;
    constexpr bool optional = !std::is_same_v<M, T>;
    row.type = type_name<T>();
    row.often = often<T>();
    row.read = [member, option = row.option](RunSpec& spec, const std::vector<std::string>& texts) {
        T value{};
        if constexpr (!optional) value = spec.*member;
        field_types::read(value, texts, option);
        spec.*member = std::move(value);
    };
    row.load = [member](RunSpec& spec, const json& from, const std::string& where) {
        T value{};
        if constexpr (!optional) value = spec.*member;
        field_types::load(value, from, where);
        spec.*member = std::move(value);
    };
    row.texts = [member](const RunSpec& spec) -> std::vector<std::string> {
        if constexpr (optional) {
            return spec.*member ? field_types::texts_of(*(spec.*member)) : field_types::Texts{};
        } else {
            return field_types::texts_of(spec.*member);
        }
    };
    row.save = [member](const RunSpec& spec) -> json {
        if constexpr (optional) {
            return spec.*member ? field_types::saved(*(spec.*member)) : json();
        } else {
            return field_types::saved(spec.*member);
        }
    };
    row.clear = [member](RunSpec& spec) { spec.*member = RunSpec{}.*member; };
    if constexpr (std::is_arithmetic_v<T>) {
        if (row.range) check_range(row, member);
    }
    return row;
}

}  // namespace oneadapt::field_row
