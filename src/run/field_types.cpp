#include "run/field_types.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "knobs/knob_space.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace oneadapt::field_types {
namespace {

using nlohmann::json;

[[noreturn]] void malformed(const std::string& option, const std::string& text,
                            const std::string& form, const std::string& example) {
    throw UsageError(option + " " + text, "is not " + form,
                     fmt::format("write e.g. {} {}", option, example));
}

template <class T>
T loaded(const json& from, const std::string& where) {
    T out{};
    json_detail::read(from, out, where, FileRole::input);
    return out;
}

/// What a list of nothing means is not for us to guess.
void check_filled(const json& from, const std::string& where) {
    if (!from.is_array() || !from.empty()) return;
    throw InputError(where, "is an empty list", "leave the key out for the default");
}

std::string within(const std::string& where, const std::string& key) {
    return fmt::format("{}: key '{}'", where, key);
}

std::filesystem::path file_in(const std::string& text, const std::string& option) {
    if (text.empty()) throw UsageError(option, "names no file", "name one, or leave it out");
    return text;
}

std::filesystem::path loaded_file(const json& from, const std::string& where) {
    const auto text = loaded<std::string>(from, where);
    if (text.empty()) fail(FileRole::input, where, "names no file", "name one, or leave it out");
    return text;
}

}  // namespace

NumberOrWord value_in(const std::string& text) {
    if (const std::optional<double> number = number_in<double>(text)) return *number;
    return text;
}

std::string text_of(const NumberOrWord& value) {
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    return std::get<std::string>(value);
}

void read(std::string& out, const Texts& texts, const std::string& /*option*/) {
    out = texts.back();
}

void read(std::filesystem::path& out, const Texts& texts, const std::string& option) {
    out = file_in(texts.back(), option);
}

void read(double& out, const Texts& texts, const std::string& option) {
    out = parse_number(texts.back(), option);
}

void read(int& out, const Texts& texts, const std::string& option) {
    const std::optional<std::int64_t> number = number_in<std::int64_t>(texts.back());
    if (!number) {
        throw UsageError(option, fmt::format("'{}' is not a whole number", texts.back()),
                         "write one, in digits");
    }
    if (!std::in_range<int>(*number)) {
        throw UsageError(option, fmt::format("{} is beyond what is counted here", *number),
                         fmt::format("write at most {}", std::numeric_limits<int>::max()));
    }
    out = static_cast<int>(*number);
}

void read(NumberOrWord& out, const Texts& texts, const std::string& /*option*/) {
    out = value_in(texts.back());
}

void read(std::vector<std::string>& out, const Texts& texts, const std::string& /*option*/) {
    out = texts;
}

void read(std::vector<std::filesystem::path>& out, const Texts& texts, const std::string& option) {
    out.clear();
    for (const std::string& text : texts) out.push_back(file_in(text, option));
}

void read(std::vector<double>& out, const Texts& texts, const std::string& option) {
    out.clear();
    for (const std::string& text : texts) out.push_back(parse_number(text, option));
}

void read(KnobValues& out, const Texts& texts, const std::string& option) {
    std::set<std::string> seen;
    for (const std::string& text : texts) {
        const auto halves = split_once(text, '=');
        if (!halves || halves->first.empty()) {
            malformed(option, text, "KNOB=VALUE,VALUE,...", "qp=20,30,40");
        }
        const std::string knob(halves->first);
        if (!seen.insert(knob).second) {
            throw UsageError(fmt::format("{} {}", option, knob), "is given twice",
                             "give each knob one list");
        }
        std::vector<KnobValue>& list = out[knob];
        list.clear();
        const std::string place = fmt::format("{} {}", option, knob);
        for (const std::string_view item : split(halves->second, ',')) {
            list.push_back(parse_value(knob, item, place));
        }
    }
}

void read(Settings& out, const Texts& texts, const std::string& option) {
    for (const std::string& text : texts) {
        const auto halves = split_once(text, '=');
        const auto names = halves ? split_once(halves->first, '.') : std::nullopt;
        if (!names) malformed(option, text, "SCHEME.NAME=VALUE", "oneadapt.lr=0.05");
        out[std::string(names->first)][std::string(names->second)] =
            value_in(std::string(halves->second));
    }
}

Texts texts_of(const std::string& value) {
    return value.empty() ? Texts{} : Texts{value};
}

Texts texts_of(const std::filesystem::path& value) {
    return texts_of(value.string());
}

Texts texts_of(double value) {
    return {number_text(value)};
}

Texts texts_of(int value) {
    return {fmt::format("{}", value)};
}

Texts texts_of(const NumberOrWord& value) {
    return {text_of(value)};
}

Texts texts_of(const std::vector<std::string>& value) {
    return value;
}

Texts texts_of(const std::vector<std::filesystem::path>& value) {
    return {value.begin(), value.end()};
}

Texts texts_of(const std::vector<double>& value) {
    Texts texts;
    std::ranges::transform(value, std::back_inserter(texts), number_text);
    return texts;
}

Texts texts_of(const KnobValues& value) {
    Texts spelled;
    for (const auto& [knob, list] : value) {
        spelled.push_back(fmt::format("{}={}", knob, fmt::join(texts(list), ",")));
    }
    return spelled;
}

Texts texts_of(const Settings& value) {
    Texts texts;
    for (const auto& [scheme, parameters] : value) {
        for (const auto& [name, setting] : parameters) {
            texts.push_back(fmt::format("{}.{}={}", scheme, name, text_of(setting)));
        }
    }
    return texts;
}

void load(std::string& out, const json& from, const std::string& where) {
    out = loaded<std::string>(from, where);
}

void load(std::filesystem::path& out, const json& from, const std::string& where) {
    out = loaded_file(from, where);
}

void load(double& out, const json& from, const std::string& where) {
    out = loaded<double>(from, where);
}

void load(int& out, const json& from, const std::string& where) {
    out = loaded<int>(from, where);
}

void load(NumberOrWord& out, const json& from, const std::string& where) {
    if (from.is_number()) {
        out = loaded<double>(from, where);
    } else if (from.is_string()) {
        out = loaded<std::string>(from, where);
    } else {
        fail(FileRole::input, where, fmt::format("is of type {}", from.type_name()),
             "write a number, or a word in double quotes");
    }
}

void load(std::vector<std::string>& out, const json& from, const std::string& where) {
    check_filled(from, where);
    out = loaded<std::vector<std::string>>(from, where);
}

void load(std::vector<std::filesystem::path>& out, const json& from, const std::string& where) {
    json_detail::check_array(from, where, FileRole::input);
    check_filled(from, where);
    out.clear();
    for (std::size_t i = 0; i < from.size(); ++i) {
        out.push_back(loaded_file(from[i], fmt::format("{}[{}]", where, i)));
    }
}

void load(std::vector<double>& out, const json& from, const std::string& where) {
    check_filled(from, where);
    out = loaded<std::vector<double>>(from, where);
}

void load(KnobValues& out, const json& from, const std::string& where) {
    check_object(from, where, FileRole::input);
    for (const auto& [knob, list] : from.items()) {
        const std::string place = within(where, knob);
        json_detail::check_array(list, place, FileRole::input);
        std::vector<KnobValue> values;
        for (std::size_t i = 0; i < list.size(); ++i) {
            NumberOrWord value;
            load(value, list[i], fmt::format("{}[{}]", place, i));
            values.push_back(parse_value(knob, text_of(value), fmt::format("knob '{}'", knob)));
        }
        out[knob] = std::move(values);
    }
}

void load(Settings& out, const json& from, const std::string& where) {
    check_object(from, where, FileRole::input);
    for (const auto& [scheme, parameters] : from.items()) {
        const std::string place = within(where, scheme);
        check_object(parameters, place, FileRole::input);
        for (const auto& [name, setting] : parameters.items()) {
            load(out[scheme][name], setting, within(place, name));
        }
    }
}

json saved(const std::string& value) {
    return value.empty() ? json() : json(value);
}

json saved(const std::filesystem::path& value) {
    return saved(value.string());
}

json saved(double value) {
    return value;
}

json saved(int value) {
    return value;
}

json saved(const NumberOrWord& value) {
    return std::visit([](const auto& v) { return json(v); }, value);
}

json saved(const std::vector<std::string>& value) {
    return value.empty() ? json() : json(value);
}

json saved(const std::vector<std::filesystem::path>& value) {
    return saved(texts_of(value));
}

json saved(const std::vector<double>& value) {
    return value.empty() ? json() : json(value);
}

json saved(const std::vector<KnobValue>& value) {
    json out = json::array();
    for (const KnobValue& one : value)
        out.push_back(one.named() ? json(one.name()) : json(one.number()));
    return out;
}

json saved(const KnobValues& value) {
    json out;
    for (const auto& [knob, list] : value) out[knob] = saved(list);
    return out;
}

json saved(const Settings& value) {
    json out;
    for (const auto& [scheme, parameters] : value) {
        for (const auto& [name, setting] : parameters) out[scheme][name] = saved(setting);
    }
    return out;
}

}  // namespace oneadapt::field_types
