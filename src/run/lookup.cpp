#include "run/lookup.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/auxiliary.hpp"
#include "run/data_root.hpp"
#include "run/field_types.hpp"
#include "run/plan.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace oneadapt {

KnobSpace knob_space(const RunSpec& spec) {
    return KnobSpace::from_names(spec.knobs, spec.values);
}

RunFacts facts_of(const RunSpec& spec) {
    const auto any_knob = [&](const auto& is) { return std::ranges::any_of(spec.knobs, is); };
    const Task& task = find_task(spec.task);
    RunFacts facts{.link = spec.link.has_value(),
                   .boxes = task.boxes,
                   .places = task.places,
                   .regions = any_knob([](const auto& name) { return find_knob(name).regional(); }),
                   .sizes = knob_of(spec.knobs, ActsOn::server) != nullptr,
                   .filters = any_knob(
                       [](const auto& name) { return find_knob(name).drops == Drops::by_content; }),
                   .media = task.input(spec.input).media,
                   .caps = knob_of(spec.knobs, ActsOn::device) != nullptr,
                   .constraints = !spec.goal.empty(),
                   .knobs = spec.knobs};
    const bool shipped = spec.model.empty() && spec.models.empty();
    const std::filesystem::path model =
        shipped ? data_root() / "models" / task.input(spec.input).model : spec.model;
    for (const AuxiliaryRole& role : auxiliary_table()) {
        const auto sidecar = sidecar_path(auxiliary_path(model, role.name));
        if (std::filesystem::exists(sidecar)) facts.auxiliaries.insert(role.name);
    }
    return facts;
}

std::vector<std::string> left_out(const RunSpec& spec) {
    if (!spec.schemes.empty()) return {};
    const RunFacts facts = facts_of(spec);
    std::vector<std::string> refusals;
    std::map<std::string, std::vector<std::string>> schemes;  // by refusal
    for (const SchemeKind& kind : scheme_table()) {
        const auto refusal = kind.needs.refusal(facts);
        // Constraints or weights: the schemes of the one are no choice for the other.
        if (!kind.by_default || !refusal || kind.needs.constraints != facts.constraints) continue;
        if (!schemes.contains(refusal->problem)) refusals.push_back(refusal->problem);
        schemes[refusal->problem].push_back(kind.name);
    }
    std::vector<std::string> reasons;
    reasons.reserve(refusals.size());
    for (const std::string& refusal : refusals) {
        reasons.push_back(fmt::format("{} {}", fmt::join(schemes[refusal], ", "), refusal));
    }
    return reasons;
}

namespace {

/// The file that a parameter names, or the one of that name in its folder of the shipped data.
/// Throws UsageError where there is neither, with what that folder has.
std::string found_file(const ParameterSpec& spec, std::string_view scheme,
                       const std::string& name) {
    namespace fs = std::filesystem;
    if (fs::exists(name)) return name;
    const fs::path folder = data_root() / spec.folder;
    if (fs::exists(folder / name)) return seen_from_here(folder / name).string();
    std::set<std::string> shipped;
    if (fs::is_directory(folder)) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().extension() == fs::path(name).extension()) {
                shipped.insert(entry.path().filename());
            }
        }
    }
    throw UsageError(
        fmt::format("{}.{}={}", scheme, spec.name, name),
        fmt::format("there is no such file, here or in {}", seen_from_here(folder).string()),
        shipped.empty() ? "name a file"
                        : fmt::format("name a file, or one of {}", fmt::join(shipped, ", ")));
}

/// The scheme with what the spec says of its parameters.
SchemeChoice chosen(const RunSpec& spec, const SchemeKind& kind) {
    std::map<std::string, std::string> given;
    const auto settings = spec.settings.find(kind.name);
    if (settings != spec.settings.end()) {
        for (const auto& [name, value] : settings->second) {
            given[name] = field_types::text_of(value);
        }
    }
    for (const ParameterSpec& parameter : kind.parameters) {
        if (parameter.folder.empty()) continue;
        const auto named =
            given.try_emplace(parameter.name, std::get<std::string>(parameter.otherwise)).first;
        named->second = found_file(parameter, kind.name, named->second);
    }
    return {&kind, Parameters(kind.name, kind.parameters, given)};
}

std::vector<SchemeChoice> default_schemes(const RunSpec& spec, const RunFacts& facts) {
    std::vector<SchemeChoice> choices;
    for (const SchemeKind& kind : scheme_table()) {
        if (!kind.by_default) continue;
        SchemeChoice choice = chosen(spec, kind);
        if (!kind.needs_with(choice.parameters).refusal(facts)) {
            choices.push_back(std::move(choice));
        }
    }
    return choices;
}

std::vector<SchemeChoice> named_schemes(const RunSpec& spec, const RunFacts& facts) {
    std::vector<SchemeChoice> choices;
    for (const std::string& name : spec.schemes) {
        const SchemeKind& kind = find_scheme(name);
        if (std::ranges::find(choices, &kind, &SchemeChoice::kind) != choices.end()) {
            throw UsageError(fmt::format("scheme '{}'", name), "is named twice", "name it once");
        }
        SchemeChoice choice = chosen(spec, kind);
        if (const auto refusal = kind.needs_with(choice.parameters).refusal(facts)) {
            throw UsageError(fmt::format("scheme '{}'", name), refusal->problem,
                             refusal->remedy + ", or leave the scheme out");
        }
        choices.push_back(std::move(choice));
    }
    return choices;
}

}  // namespace

std::vector<SchemeChoice> fitting_schemes(const RunSpec& spec) {
    const RunFacts facts = facts_of(spec);
    return spec.schemes.empty() ? default_schemes(spec, facts) : named_schemes(spec, facts);
}

std::vector<SchemeChoice> choose_schemes(const RunSpec& spec) {
    std::vector<SchemeChoice> choices = fitting_schemes(spec);
    for (const auto& [scheme, given] : spec.settings) {
        const SchemeKind* kind = &find_scheme(scheme);
        if (std::ranges::find(choices, kind, &SchemeChoice::kind) != choices.end()) continue;
        throw UsageError(fmt::format("--set {}", scheme), "names a scheme that does not run",
                         "add it to --scheme");
    }
    return choices;
}

std::vector<double> choose_weights(const RunSpec& spec) {
    if (spec.weights.empty()) return default_weights();
    constexpr double kHighestWeight = 1e9;
    std::set<double> seen;
    for (const double weight : spec.weights) {
        if (weight < 0 || weight > kHighestWeight || !seen.insert(weight).second) {
            throw UsageError(fmt::format("--weights {}", number_text(weight)),
                             "is negative, above 1e+9 or given twice",
                             "give different numbers from 0 to 1e+9");
        }
    }
    return spec.weights;
}

std::vector<double> default_weights() {
    constexpr int kCount = 9;
    constexpr double kLowest = 0.02;
    constexpr double kHighest = 100.0;
    std::vector<double> weights;
    for (int i = 0; i < kCount; ++i) {
        const double exact = kLowest * std::pow(kHighest / kLowest, i / (kCount - 1.0));
        weights.push_back(parse_number(fmt::format("{:.3g}", exact), "weight"));
    }
    return weights;
}

std::optional<cv::Size> analysis_size(const RunSpec& spec) {
    if (spec.size.empty()) return std::nullopt;
    const auto sides = split_once(spec.size, 'x');
    if (!sides) {
        throw UsageError("--size " + spec.size, "is not a size",
                         "write WIDTHxHEIGHT, e.g. 960x512");
    }
    const auto side = [&](std::string_view digits) {
        const double value = parse_number(digits, "--size");
        if (value < 2 || value > 16384 || value != static_cast<int>(value)) {
            throw UsageError("--size " + spec.size, "is not a size",
                             "write WIDTHxHEIGHT in pixels");
        }
        return static_cast<int>(value);
    };
    return cv::Size(side(sides->first), side(sides->second));
}

std::optional<double> analysis_rate(const RunSpec& spec, const MediaKind& media) {
    if (!spec.fps) return media.fps;
    const std::string text = field_types::text_of(*spec.fps);
    if (text == "native") return std::nullopt;
    const double rate = parse_number(text, "--fps");
    if (rate >= kLowestFps && rate <= kHighestFps) return rate;
    throw UsageError("--fps " + text, "is not a rate",
                     fmt::format("write frames per second from {:.2g} to {}, or native", kLowestFps,
                                 kHighestFps));
}

}  // namespace oneadapt
