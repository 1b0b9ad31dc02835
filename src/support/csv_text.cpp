#include "support/csv_text.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace oneadapt {

std::optional<std::string> csv_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

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
