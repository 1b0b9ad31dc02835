#pragma once

#include <filesystem>
#include <vector>

#include "report/explain.hpp"

namespace oneadapt {

/// Writes results folders as one HTML page to explore. Throws InputError for a folder that cannot
/// be read, OutputError for a page that cannot be written.
int report_command(const std::vector<std::filesystem::path>& folders,
                   const std::filesystem::path& html);

/// Prints why a scheme played what it did in a segment. Throws as read_results() and explain() do.
int explain_command(const std::filesystem::path& folder, const Explained& what);

}  // namespace oneadapt
