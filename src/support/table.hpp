#pragma once

#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"

namespace oneadapt {

/// The row of that name in a table of rows with a member `name`. Throws UsageError with the list of
/// valid ones; `what` is what a row is, e.g. "codec".
template <std::ranges::sized_range Table>
const auto& find_row(const Table& table, std::string_view name, const std::string& what) {
    for (const auto& row : table) {
        if (row.name == name) return row;
    }
    std::vector<std::string> names;
    names.reserve(std::ranges::size(table));
    for (const auto& row : table) names.push_back(row.name);
    throw UsageError(fmt::format("{} '{}'", what, name), "is unknown",
                     fmt::format("choose from {}", fmt::join(names, ", ")));
}

}  // namespace oneadapt
