#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/input_file.hpp"

namespace oneadapt {

/// Reads and parses a whole file. A file that read_text() refuses, that is empty, malformed (the
/// message has the line) or nested too deeply, or that repeats a key in an object is refused.
nlohmann::json read_json(const std::filesystem::path& file, FileRole role);

/// The same of a text that stands at `where`.
nlohmann::json parse_json(const std::string& text, const std::string& where, FileRole role);

/// Refuses anything that is not an object.
void check_object(const nlohmann::json& value, const std::string& where, FileRole role);

/// Refuses anything that is not an object or has a key outside `valid`, and lists the valid ones.
void check_keys(const nlohmann::json& object, std::initializer_list<const char*> valid,
                const std::string& where, FileRole role);
void check_keys(const nlohmann::json& object, const std::vector<std::string>& valid,
                const std::string& where, FileRole role);

namespace json_detail {

void read(const nlohmann::json& value, bool& out, const std::string& where, FileRole role);
void read(const nlohmann::json& value, int& out, const std::string& where, FileRole role);
void read(const nlohmann::json& value, std::int64_t& out, const std::string& where, FileRole role);
void read(const nlohmann::json& value, double& out, const std::string& where, FileRole role);
void read(const nlohmann::json& value, std::string& out, const std::string& where, FileRole role);
/// Any value at all, for what is nested; the caller checks it.
void read(const nlohmann::json& value, nlohmann::json& out, const std::string& where,
          FileRole role);

void check_array(const nlohmann::json& value, const std::string& where, FileRole role);

template <class T>
void read(const nlohmann::json& value, std::vector<T>& out, const std::string& where,
          FileRole role) {
    check_array(value, where, role);
    for (std::size_t i = 0; i < value.size(); ++i) {
        T item{};
        read(value[i], item, where + "[" + std::to_string(i) + "]", role);
        out.push_back(std::move(item));
    }
}

/// The member of that name, or nullptr; refuses anything that is not an object.
const nlohmann::json* member(const nlohmann::json& object, const char* key,
                             const std::string& where, FileRole role);
std::string place(const std::string& where, const char* key);

}  // namespace json_detail

/// Refuses a value outside the list, which the message repeats.
void check_among(const std::string& value, const std::vector<std::string>& valid,
                 const std::string& where, FileRole role);

/// Refuses a number outside [low, high], which the message repeats: what is worked out from it must
/// stay finite, and what is allocated small.
void check_range(double value, double low, double high, const std::string& where, FileRole role);

/// The value of a key that must be there. T is bool, int, std::int64_t, double (finite),
/// std::string, nlohmann::json (anything) or a std::vector of these.
template <class T>
T required(const nlohmann::json& object, const char* key, const std::string& where, FileRole role) {
    const nlohmann::json* value = json_detail::member(object, key, where, role);
    if (value == nullptr) {
        fail(role, where, std::string("lacks the key '") + key + "'", "add it");
    }
    T out{};
    json_detail::read(*value, out, json_detail::place(where, key), role);
    return out;
}

/// The value of a key, or `otherwise` when the key is absent. A null is a wrong type, not absent.
template <class T>
T optional_or(const nlohmann::json& object, const char* key, T otherwise, const std::string& where,
              FileRole role) {
    const nlohmann::json* value = json_detail::member(object, key, where, role);
    if (value == nullptr) return otherwise;
    T out{};
    json_detail::read(*value, out, json_detail::place(where, key), role);
    return out;
}

}  // namespace oneadapt
