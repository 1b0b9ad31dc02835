#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"

namespace oneadapt {

/// The row of that name in a table of rows with a member `name`. Throws UsageError with the list of
/// valid ones; `what` is what a row is, e.g. "codec".
template <class Row>
const Row& find_row(const std::vector<Row>& table, const std::string& name,
                    const std::string& what) {
    const auto found = std::ranges::find(table, name, &Row::name);
    if (found != table.end()) return *found;
    std::vector<std::string> names;
    for (const Row& row : table) names.push_back(row.name);
    throw UsageError(fmt::format("{} '{}'", what, name), "is unknown",
                     fmt::format("choose from {}", fmt::join(names, ", ")));
}

}  // namespace oneadapt
