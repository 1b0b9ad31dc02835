#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oneadapt {

/// The text of a table or of what lies beside one; nothing where it cannot be read.
std::optional<std::string> csv_text(const std::filesystem::path& file);

/// The lines of a CSV without their ends; a line break between quotes ends none.
std::vector<std::string> csv_lines(const std::string& text);

/// The fields of a line, as they are written; a comma between quotes parts none.
std::vector<std::string> csv_fields(const std::string& line);

}  // namespace oneadapt
