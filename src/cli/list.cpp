#include "cli/list.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "media/clip.hpp"
#include "report/exports.hpp"
#include "run/lookup.hpp"
#include "schemes/scheme.hpp"
#include "support/table.hpp"

namespace oneadapt {
namespace {

std::string row(const std::string& name, const std::string& text) {
    return fmt::format("  {:<18} {}\n", name, text);
}

std::string value_text(const std::variant<double, std::string>& value) {
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    return std::get<std::string>(value);
}

std::string fact(const char* what, const std::string& text) {
    return fmt::format("      {} {}\n", what, text);
}

/// Every knob that means something to a task's input.
std::vector<std::string> knobs_for(const TaskInput& input) {
    std::vector<std::string> knobs = knobs_of(input.media);
    for (const KnobKind& kind : knob_table()) {
        const bool sized = input.sizes && kind.acts_on == ActsOn::server;
        if (sized || kind.acts_on == ActsOn::device) knobs.push_back(kind.name);
    }
    return knobs;
}

/// The tasks, with their inputs, that the scheme can play where the run has all it may have:
/// "detect (video, infrared), lidar".
std::string playable(const SchemeKind& kind) {
    std::vector<std::string> tasks;
    for (const Task& task : task_table()) {
        std::vector<std::string> inputs;
        for (const TaskInput& input : task.inputs) {
            RunSpec spec;
            spec.task = task.name;
            spec.input = input.media;
            spec.knobs = knobs_for(input);
            RunFacts facts = facts_of(spec);
            facts.link = true;
            facts.constraints = kind.needs.constraints;
            if (!kind.needs.refusal(facts)) inputs.push_back(input.media);
        }
        if (inputs.empty()) continue;
        tasks.push_back(task.inputs.size() == 1
                            ? task.name
                            : fmt::format("{} ({})", task.name, fmt::join(inputs, ", ")));
    }
    return fmt::format("{}", fmt::join(tasks, ", "));
}

/// "a link (--link), a knob with ...": what the scheme needs of a run.
std::string needed(const SchemeKind& kind) {
    constexpr std::string_view kPrefix = "needs ";
    std::vector<std::string> texts;
    for (const Refusal& refusal : kind.needs.refusals({})) {
        texts.push_back(refusal.problem.substr(kPrefix.size()));
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string scheme_text(const SchemeKind& kind) {
    std::string text = row(kind.name, fmt::format("{} [{}]", kind.summary, kind.paper));
    if (!kind.claim.empty()) text += fact("claims", kind.claim);
    if (const std::string needs = needed(kind); !needs.empty()) text += fact("needs", needs);
    text += fact("plays", playable(kind));
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
        text += fmt::format("      --input {:<9} knobs: {}\n", input.media,
                            fmt::join(knobs_for(input), ", "));
    }
    return text;
}

std::string codec_text(const CodecKind& kind) {
    return row(kind.name, fmt::format("{} [{}; knobs: {}]", kind.summary,
                                      fmt::join(kind.media, ", "), fmt::join(kind.knobs, ", ")));
}

std::string knob_text(const KnobKind& kind) {
    return row(kind.name,
               fmt::format("{} [acts on the {}]: {}", kind.summary, machine_name(kind.acts_on),
                           fmt::join(texts(kind.values), ", ")));
}

template <class Row>
std::string plain_text(const Row& kind) {
    return row(kind.name, kind.summary);
}

template <class Rows, class Text>
std::string all_of(const Rows& rows, const Text& text) {
    std::string all;
    for (const auto& kind : rows) all += text(kind);
    return all;
}

/// A table, by the first word of its title.
struct Listed {
    std::string name;
    std::string title;
    std::string (*rows)();
};

const Listed kTables[] = {
    {"tasks", " (--task), what they watch and which knobs mean something to it",
     [] { return all_of(task_table(), task_text); }},
    {"knobs", " (--knob), values most expensive first",
     [] { return all_of(knob_table(), knob_text); }},
    {"codecs", " (--codec)", [] { return all_of(codec_table(), codec_text); }},
    {"media", " (--input)", [] { return all_of(media_table(), plain_text<MediaKind>); }},
    {"schemes", " (--scheme), with their parameters (--set)",
     [] { return all_of(scheme_table(), scheme_text); }},
    {"forms", " of results (export --as)",
     [] { return all_of(export_table(), plain_text<ExportKind>); }},
};

}  // namespace

std::string list_text(const std::string& table) {
    const auto text = [](const Listed& listed) {
        return listed.name + listed.title + '\n' + listed.rows();
    };
    if (!table.empty()) return text(find_row(kTables, table, "table"));
    std::vector<std::string> texts;
    for (const Listed& listed : kTables) texts.push_back(text(listed));
    return fmt::format("{}", fmt::join(texts, "\n"));
}

}  // namespace oneadapt
