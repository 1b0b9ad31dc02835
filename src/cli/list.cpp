#include "cli/list.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "media/clip.hpp"
#include "schemes/scheme.hpp"

namespace oneadapt {
namespace {

std::string row(const std::string& name, const std::string& text) {
    return fmt::format("  {:<18} {}\n", name, text);
}

std::string value_text(const std::variant<double, std::string>& value) {
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    return std::get<std::string>(value);
}

std::string scheme_text(const SchemeKind& kind) {
    std::string text = row(kind.name, fmt::format("{} [{}]", kind.summary, kind.paper));
    for (const ParameterSpec& spec : kind.parameters) {
        std::string choices;
        if (!spec.choices.empty()) {
            choices = fmt::format(" ({})", fmt::join(spec.choices, " | "));
        }
        text += fmt::format("      {}.{}={}  {}{}\n", kind.name, spec.name,
                            value_text(spec.otherwise), spec.summary, choices);
    }
    return text;
}

}  // namespace

std::string list_text() {
    std::string text = "tasks (--task)\n";
    for (const Task& task : task_table()) {
        text += row(task.name,
                    fmt::format("{} [media: {}; outputs: {}]", task.summary,
                                fmt::join(task.media, ", "), fmt::join(task.conventions, ", ")));
    }
    text += "\nknobs (--knob), values most expensive first\n";
    for (const KnobKind& kind : knob_table()) {
        text += row(kind.name, fmt::format("{}: {}", kind.summary, fmt::join(kind.values, ", ")));
    }
    text += "\ncodecs (--codec)\n";
    for (const CodecKind& kind : codec_table()) {
        text += row(kind.name,
                    fmt::format("{} [knobs: {}]", kind.summary, fmt::join(kind.knobs, ", ")));
    }
    text += "\nmedia\n";
    for (const MediaKind& kind : media_table()) text += row(kind.name, kind.summary);
    text += "\nschemes (--scheme), with their parameters (--set)\n";
    for (const SchemeKind& kind : scheme_table()) text += scheme_text(kind);
    return text;
}

}  // namespace oneadapt
