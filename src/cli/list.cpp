#include "cli/list.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "media/clip.hpp"
#include "report/exports.hpp"
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

std::string task_text(const Task& task) {
    std::string text = row(task.name, fmt::format("{} [outputs: {}]", task.summary,
                                                  fmt::join(task.conventions, ", ")));
    for (const TaskInput& input : task.inputs) {
        std::vector<std::string> knobs = knobs_of(input.media);
        for (const KnobKind& kind : knob_table()) {
            const bool sized = input.sizes && kind.acts_on == ActsOn::server;
            if (sized || kind.acts_on == ActsOn::device) knobs.push_back(kind.name);
        }
        text += fmt::format("      --input {:<9} knobs: {}\n", input.media, fmt::join(knobs, ", "));
    }
    return text;
}

std::string codec_text(const CodecKind& kind) {
    return row(kind.name, fmt::format("{} [{}; knobs: {}]", kind.summary,
                                      fmt::join(kind.media, ", "), fmt::join(kind.knobs, ", ")));
}

}  // namespace

std::string list_text() {
    std::string text = "tasks (--task), what they watch and which knobs mean something to it\n";
    for (const Task& task : task_table()) text += task_text(task);
    text += "\nknobs (--knob), values most expensive first\n";
    for (const KnobKind& kind : knob_table()) {
        text += row(kind.name,
                    fmt::format("{} [acts on the {}]: {}", kind.summary, machine_name(kind.acts_on),
                                fmt::join(texts(kind.values), ", ")));
    }
    text += "\ncodecs (--codec)\n";
    for (const CodecKind& kind : codec_table()) text += codec_text(kind);
    text += "\nmedia (--input)\n";
    for (const MediaKind& kind : media_table()) text += row(kind.name, kind.summary);
    text += "\nschemes (--scheme), with their parameters (--set)\n";
    for (const SchemeKind& kind : scheme_table()) text += scheme_text(kind);
    text += "\nforms of results (export --as)\n";
    for (const ExportKind& kind : export_table()) text += row(kind.name, kind.summary);
    return text;
}

}  // namespace oneadapt
