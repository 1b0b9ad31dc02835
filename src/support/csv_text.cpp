#include "support/csv_text.hpp"

#include <utility>

namespace oneadapt {

std::vector<std::string> csv_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::string line;
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (c == '\n' && !quoted) {
            lines.push_back(std::move(line));
            line.clear();
        } else {
            line += c;
        }
    }
    return lines;
}

std::vector<std::string> csv_fields(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return fields;
}

}  // namespace oneadapt
