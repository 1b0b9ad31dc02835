#include "support/json.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace oneadapt {
namespace {

/// What is copied level by level must not outgrow the stack; no file that is read has more than
/// ten.
constexpr int kDeepest = 64;

struct TooDeep {};

/// Looks on while a file is parsed. nlohmann::json lets the last of two equal keys win; a user who
/// wrote both wants to know.
class Watcher {
  public:
    bool operator()(int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        if (depth > kDeepest) throw TooDeep();
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start) open_.emplace_back();
        if (event == Event::object_end) open_.pop_back();
        if (event == Event::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!open_.back().insert(key).second && repeated.empty()) repeated = key;
        }
        return true;
    }

    std::string repeated;

  private:
    std::vector<std::set<std::string>> open_;
};

/// The parser's reason without its own error number and place.
std::string reason(const nlohmann::json::exception& error) {
    const std::string_view text = error.what();
    const std::size_t column = text.find(", column ");
    const std::size_t end =
        column == std::string_view::npos ? text.find("] ") : text.find(": ", column);
    return std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

[[noreturn]] void wrong_type(const nlohmann::json& value, const char* expected,
                             const std::string& where, FileRole role) {
    fail(role, where,
         fmt::format("is {} {}", value.is_array() || value.is_object() ? "an" : "a",
                     value.type_name()),
         fmt::format("write {}", expected));
}

std::int64_t whole_number(const nlohmann::json& value, std::int64_t lowest, std::int64_t highest,
                          const std::string& where, FileRole role) {
    if (!value.is_number_integer()) {
        if (value.is_number()) {
            fail(role, where, fmt::format("{} is not whole", value.dump()), "write a whole number");
        }
        wrong_type(value, "a whole number", where, role);
    }
    const bool huge = value.is_number_unsigned() &&
                      value.get<std::uint64_t>() > static_cast<std::uint64_t>(highest);
    if (huge || value.get<std::int64_t>() < lowest) {
        fail(role, where, fmt::format("{} is out of range", value.dump()),
             fmt::format("write a whole number from {} to {}", lowest, highest));
    }
    return value.get<std::int64_t>();
}

}  // namespace

nlohmann::json read_json(const std::filesystem::path& file, FileRole role) {
    return parse_json(read_text(file, role, "name a JSON file"), file.string(), role);
}

nlohmann::json parse_json(const std::string& text, const std::string& where, FileRole role) {
    if (text.empty()) fail(role, where, "is empty", "write a JSON object into it");
    Watcher watcher;
    nlohmann::json parsed;
    try {
        parsed = nlohmann::json::parse(text, std::ref(watcher));
    } catch (const nlohmann::json::parse_error& error) {
        const auto before = static_cast<std::ptrdiff_t>(
            std::min(text.size(), std::max<std::size_t>(error.byte, 1) - 1));
        const auto line = 1 + std::count(text.begin(), text.begin() + before, '\n');
        fail(role, fmt::format("{}:{}", where, line),
             fmt::format("is not JSON ({})", reason(error)), "mend it at that line");
    } catch (const nlohmann::json::out_of_range& error) {  // 1e999
        fail(role, where, reason(error), "write finite numbers");
    } catch (const TooDeep&) {
        fail(role, where, fmt::format("is nested more than {} levels deep", kDeepest),
             "write it as its description says");
    }
    if (!watcher.repeated.empty()) {
        fail(role, where, fmt::format("has the key '{}' twice in one object", watcher.repeated),
             "keep one of them");
    }
    return parsed;
}

void check_object(const nlohmann::json& value, const std::string& where, FileRole role) {
    if (!value.is_object()) wrong_type(value, "an object {...}", where, role);
}

void check_keys(const nlohmann::json& object, std::initializer_list<const char*> valid,
                const std::string& where, FileRole role) {
    check_keys(object, std::vector<std::string>(valid.begin(), valid.end()), where, role);
}

void check_keys(const nlohmann::json& object, const std::vector<std::string>& valid,
                const std::string& where, FileRole role) {
    check_object(object, where, role);
    for (const auto& item : object.items()) {
        const std::string& key = item.key();
        if (std::ranges::find(valid, key) == valid.end()) {
            fail(role, where, fmt::format("has the unknown key '{}'", key),
                 fmt::format("valid keys are {}", fmt::join(valid, ", ")));
        }
    }
}

namespace json_detail {

void read(const nlohmann::json& value, bool& out, const std::string& where, FileRole role) {
    if (!value.is_boolean()) wrong_type(value, "true or false", where, role);
    out = value.get<bool>();
}

void read(const nlohmann::json& value, int& out, const std::string& where, FileRole role) {
    using Limits = std::numeric_limits<int>;
    out = static_cast<int>(whole_number(value, Limits::min(), Limits::max(), where, role));
}

void read(const nlohmann::json& value, std::int64_t& out, const std::string& where, FileRole role) {
    using Limits = std::numeric_limits<std::int64_t>;
    out = whole_number(value, Limits::min(), Limits::max(), where, role);
}

void read(const nlohmann::json& value, double& out, const std::string& where, FileRole role) {
    if (!value.is_number()) wrong_type(value, "a number", where, role);
    out = value.get<double>();
    if (!std::isfinite(out)) fail(role, where, "is not finite", "write a finite number");
}

void read(const nlohmann::json& value, std::string& out, const std::string& where, FileRole role) {
    if (!value.is_string()) wrong_type(value, "a string in double quotes", where, role);
    out = value.get<std::string>();
}

void read(const nlohmann::json& value, nlohmann::json& out, const std::string& /*where*/,
          FileRole /*role*/) {
    out = value;
}

void check_array(const nlohmann::json& value, const std::string& where, FileRole role) {
    if (!value.is_array()) wrong_type(value, "a list [...]", where, role);
}

const nlohmann::json* member(const nlohmann::json& object, const char* key,
                             const std::string& where, FileRole role) {
    check_object(object, where, role);
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::string place(const std::string& where, const char* key) {
    return fmt::format("{}: key '{}'", where, key);
}

}  // namespace json_detail

void check_among(const std::string& value, const std::vector<std::string>& valid,
                 const std::string& where, FileRole role) {
    if (std::ranges::find(valid, value) != valid.end()) return;
    fail(role, where, fmt::format("is '{}'", value),
         fmt::format("write one of: {}", fmt::join(valid, ", ")));
}

void check_range(double value, double low, double high, const std::string& where, FileRole role) {
    if (low <= value && value <= high) return;
    fail(role, where, fmt::format("{} is out of range", value),
         fmt::format("write a number from {} to {}", low, high));
}

}  // namespace oneadapt
