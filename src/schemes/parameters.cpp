#include "schemes/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "knobs/configuration.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

std::variant<double, std::string> read(const ParameterSpec& spec, const std::string& text,
                                       const std::string& where) {
    if (std::holds_alternative<std::string>(spec.otherwise)) {
        const bool any = spec.any_text || !spec.folder.empty();
        if (!any && std::ranges::find(spec.choices, text) == spec.choices.end()) {
            throw UsageError(where, fmt::format("'{}' is unknown", text),
                             fmt::format("choose from {}", fmt::join(spec.choices, ", ")));
        }
        return text;
    }
    const double value = parse_number(text, where);
    if (value < spec.lowest || value > spec.highest) {
        throw UsageError(where, fmt::format("{} is out of range", text),
                         fmt::format("use a number from {} to {}", spec.lowest, spec.highest));
    }
    return value;
}

}  // namespace

ParameterSpec variant_parameter(const std::string& summary,
                                const std::vector<std::string>& others) {
    ParameterSpec spec{
        .name = kVariant, .otherwise = kPublished, .summary = summary, .choices = {kPublished}};
    std::ranges::copy(others, std::back_inserter(spec.choices));
    return spec;
}

Parameters::Parameters(std::string_view scheme, const std::vector<ParameterSpec>& specs,
                       const std::map<std::string, std::string>& given)
    : scheme_(scheme) {
    std::vector<std::string> names;
    for (const ParameterSpec& spec : specs) {
        names.push_back(spec.name);
        values_[spec.name] = spec.otherwise;
    }
    for (const auto& [name, text] : given) {
        const std::string where = fmt::format("--set {}.{}", scheme, name);
        const auto spec = std::ranges::find(specs, name, &ParameterSpec::name);
        if (spec == specs.end()) {
            throw UsageError(where, "is unknown",
                             names.empty() ? fmt::format("{} has no parameters", scheme)
                                           : fmt::format("choose from {}", fmt::join(names, ", ")));
        }
        values_[name] = read(*spec, text, where);
    }
    for (const ParameterSpec& spec : specs) {
        if (!spec.any_text || !word(spec.name).empty()) continue;
        throw UsageError(fmt::format("--set {}.{}", scheme, spec.name), "is missing",
                         fmt::format("give {}", spec.summary));
    }
}

double Parameters::number(std::string_view name) const {
    return std::get<double>(values_.find(name)->second);
}

int Parameters::whole(std::string_view name) const {
    const double value = number(name);
    if (value != std::floor(value)) {
        throw UsageError(fmt::format("--set {}.{}", scheme_, name),
                         fmt::format("{} is not a whole number", value), "write one, in digits");
    }
    return static_cast<int>(value);
}

const std::string& Parameters::word(std::string_view name) const {
    return std::get<std::string>(values_.find(name)->second);
}

}  // namespace oneadapt
