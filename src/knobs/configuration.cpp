#include "knobs/configuration.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "knobs/knob_space.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

/// No frame has more regions, nor all knobs of a configuration together; keeps a mistyped count
/// from filling the memory.
constexpr double kMostRegions = 1 << 20;

/// Takes what stands before `separator` off the front of `text`.
std::string_view split_off(std::string_view& text, char separator) {
    const std::size_t end = text.find(separator);
    const std::string_view front = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return front;
}

/// Reads `24` or `24x130:36x4:24`, of so many values at most.
std::vector<double> parse_regions(std::string_view text, std::string_view knob, double most) {
    std::vector<double> values;
    do {
        const std::string_view run = split_off(text, ':');
        const std::size_t times = run.find('x');
        const bool once = times == std::string_view::npos;
        const double value = parse_number(run.substr(0, times), knob);
        const double count = once ? 1 : parse_number(run.substr(times + 1), knob);
        const double room = most - static_cast<double>(values.size());
        if (count < 1 || count > room || count != std::floor(count)) {
            throw UsageError(std::string(knob), fmt::format("'{}' is not a number of regions", run),
                             "write VALUExCOUNT:VALUExCOUNT:..., e.g. 24x130:36x4:24x826");
        }
        values.insert(values.end(), static_cast<std::size_t>(count), value);
    } while (!text.empty());
    return values;
}

std::string regions_text(const std::vector<double>& values) {
    std::string out;
    for (auto from = values.begin(); from != values.end();) {
        const auto to = std::find_if_not(from, values.end(), [&](double v) { return v == *from; });
        out += fmt::format("{}{}", out.empty() ? "" : ":", number_text(*from));
        if (to - from > 1) out += fmt::format("x{}", to - from);
        from = to;
    }
    return out;
}

}  // namespace

std::string KnobValue::text() const {
    return named() ? name() : number_text(number());
}

Configuration Configuration::parse(std::string_view text) {
    Configuration configuration;
    if (text.empty()) return configuration;
    Values& all = configuration.change();
    double room = kMostRegions;
    while (!text.empty()) {
        const std::string_view item = split_off(text, ',');
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            throw UsageError(fmt::format("configuration '{}'", item), "is not knob=value",
                             "write e.g. qp=30,resolution=0.67");
        }
        const std::string_view knob = item.substr(0, equals);
        if (configuration.has(knob)) {
            throw UsageError(fmt::format("configuration knob '{}'", knob), "is given twice",
                             "give each knob one value");
        }
        const std::string_view value = item.substr(equals + 1);
        if (has_names(knob)) {
            all.put(knob, parse_value(knob, value, std::string(knob)));
        } else {
            std::vector<double> values = parse_regions(value, knob, room);
            room -= static_cast<double>(values.size());
            all.put(knob, std::move(values));
        }
    }
    return configuration;
}

Configuration::Configuration() {
    static const auto nothing = std::make_shared<Values>();
    is_ = nothing;
}

Configuration::Values& Configuration::change() {
    is_ = std::make_shared<Values>(*is_);
    return *is_;
}

const std::string& Configuration::text() const {
    std::call_once(is_->spelled, [this] {
        std::map<std::string_view, std::string> spelled(names().begin(), names().end());
        for (const auto& [knob, numbers] : values()) spelled[knob] = regions_text(numbers);
        std::string& out = is_->text;
        for (const auto& [knob, value] : spelled) {
            out += fmt::format("{}{}={}", out.empty() ? "" : ",", knob, value);
        }
    });
    return is_->text;
}

void Configuration::Values::put(std::string_view knob, const KnobValue& value) {
    if (value.named()) {
        names.insert_or_assign(std::string(knob), value.name());
    } else {
        values.insert_or_assign(std::string(knob), std::vector<double>{value.number()});
    }
}

void Configuration::Values::put(std::string_view knob, std::vector<double> regions) {
    if (regions.empty()) throw std::logic_error("a knob without values");
    if (std::ranges::adjacent_find(regions, std::not_equal_to<>()) == regions.end()) {
        regions.resize(1);
    }
    values.insert_or_assign(std::string(knob), std::move(regions));
}

void Configuration::set(std::string_view knob, const KnobValue& value) {
    change().put(knob, value);
}

void Configuration::set_regions(std::string_view knob, std::vector<double> values) {
    change().put(knob, std::move(values));
}

double Configuration::get(std::string_view knob, double otherwise) const {
    const auto found = values().find(knob);
    if (found == values().end()) return otherwise;
    const std::vector<double>& numbers = found->second;
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) /
           static_cast<double>(numbers.size());
}

bool Configuration::has(std::string_view knob) const {
    return values().contains(knob) || names().contains(knob);
}

void Configuration::remove(std::string_view knob) {
    if (!has(knob)) return;
    Values& all = change();
    if (const auto found = all.values.find(knob); found != all.values.end()) {
        all.values.erase(found);
    }
    if (const auto found = all.names.find(knob); found != all.names.end()) all.names.erase(found);
}

std::vector<std::string> Configuration::knobs() const {
    std::vector<std::string> all;
    // clang 14 cannot read the standard library's views.
    for (const auto& [knob, value] : values()) all.push_back(knob);
    for (const auto& [knob, name] : names()) all.push_back(knob);
    return all;
}

std::string number_text(double value) {
    return fmt::format("{}", value == 0.0 ? 0.0 : value);
}

double parse_number(std::string_view text, std::string_view what) {
    if (const std::optional<double> value = number_in<double>(text)) return *value;
    throw UsageError(std::string(what), fmt::format("'{}' is not a number", text),
                     "write a finite decimal number");
}

}  // namespace oneadapt
