#include "knobs/configuration.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

Configuration Configuration::parse(std::string_view text) {
    Configuration configuration;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
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
        configuration.set(knob, parse_number(item.substr(equals + 1), knob));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return configuration;
}

std::string Configuration::text() const {
    std::string out;
    for (const auto& [knob, value] : values_) {
        out += fmt::format("{}{}={}", out.empty() ? "" : ",", knob, number_text(value));
    }
    return out;
}

void Configuration::set(std::string_view knob, double value) {
    values_.insert_or_assign(std::string(knob), value);
}

double Configuration::get(std::string_view knob, double otherwise) const {
    const auto found = values_.find(knob);
    return found == values_.end() ? otherwise : found->second;
}

bool Configuration::has(std::string_view knob) const {
    return values_.find(knob) != values_.end();
}

std::string number_text(double value) {
    return fmt::format("{}", value == 0.0 ? 0.0 : value);
}

double parse_number(std::string_view text, std::string_view what) {
    double value = 0.0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || stop != end || !std::isfinite(value)) {
        throw UsageError(std::string(what), fmt::format("'{}' is not a number", text),
                         "write a finite decimal number");
    }
    return value;
}

}  // namespace oneadapt
