#pragma once

#include <filesystem>
#include <vector>

namespace oneadapt {

/// Writes results folders as one HTML page to explore. Throws InputError for a folder that cannot
/// be read, OutputError for a page that cannot be written.
int report_command(const std::vector<std::filesystem::path>& folders,
                   const std::filesystem::path& html);

}  // namespace oneadapt
