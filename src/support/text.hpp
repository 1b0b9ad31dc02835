#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace oneadapt {

/// The number that takes up all of `text`, which may be infinite or none (`nan`); nothing where
/// there is none.
template <class T>
requires std::integral<T> || std::floating_point<T> std::optional<T> any_number_in(
    std::string_view text) {
    T value{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

/// The same, of finite numbers.
template <class T>
std::optional<T> number_in(std::string_view text) {
    const std::optional<T> value = any_number_in<T>(text);
    if constexpr (std::floating_point<T>) {
        if (value && !std::isfinite(*value)) return std::nullopt;
    }
    return value;
}

/// What stands before and after the first `separator`; nothing where there is none.
inline std::optional<std::pair<std::string_view, std::string_view>> split_once(
    std::string_view text, char separator) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair(text.substr(0, at), text.substr(at + 1));
}

/// What stands between the separators: one more part than there are of them.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (const auto halves = split_once(text, separator)) {
        parts.push_back(halves->first);
        text = halves->second;
    }
    parts.push_back(text);
    return parts;
}

}  // namespace oneadapt
