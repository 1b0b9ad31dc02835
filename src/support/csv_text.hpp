#pragma once

#include <string>
#include <vector>

namespace oneadapt {

/// The lines of a CSV without their ends; a line break between quotes ends none.
std::vector<std::string> csv_lines(const std::string& text);

/// The fields of a line, as they are written; a comma between quotes parts none.
std::vector<std::string> csv_fields(const std::string& line);

}  // namespace oneadapt
