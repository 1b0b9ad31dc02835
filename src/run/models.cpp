#include "run/models.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "run/data_root.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// The inputs whose shipped model comes in sizes, for people.
std::string inputs_with_sizes() {
    std::vector<std::string> names;
    for (const Task& task : task_table()) {
        for (const TaskInput& input : task.inputs) {
            if (!input.sizes) continue;
            names.push_back(fmt::format("--task {} --input {}", task.name, input.media));
        }
    }
    return fmt::format("{}", fmt::join(names, " or "));
}

/// The model of another size of the family that `model` is of.
fs::path sibling(const fs::path& model, const std::string& size) {
    const std::string stem = model.stem().string();
    const std::vector<std::string>& names = find_knob(kModelKnob).names;
    for (const std::string& name : names) {
        if (!stem.ends_with("-" + name)) continue;
        const std::string family = stem.substr(0, stem.size() - name.size());
        return model.parent_path() / (family + size + model.extension().string());
    }
    throw UsageError(fmt::format("--model {}", model.string()),
                     "is not a size of a family, which knob 'model' chooses from",
                     fmt::format("name one of NAME-{}.pt, all beside each other",
                                 fmt::join(names, ".pt, NAME-")));
}

void check_family(const std::map<double, ModelFile>& sizes) {
    const Sidecar& largest = sizes.rbegin()->second.sidecar;
    for (const auto& [value, model] : sizes) {
        const std::string key = first_difference(model.sidecar, largest);
        if (key.empty()) continue;
        throw ModelError(
            fmt::format("{}: key '{}'", model.sidecar.file.string(), key),
            fmt::format("is not as in {}", largest.file.string()),
            "sizes of a model may differ in weights, 'score_threshold' and 'nms_iou' alone");
    }
}

std::map<double, ModelFile> find_family(const RunSpec& spec, const Knob& knob, bool offline) {
    std::map<double, ModelFile> sizes;
    for (const double value : knob.values) {
        const fs::path file = sibling(spec.model, value_text(kModelKnob, value));
        if (!fs::exists(sidecar_path(file)) || (!offline && !fs::exists(file))) {
            throw ModelError(file.string(), "is missing, or its sidecar is",
                             fmt::format("put every size beside {}, or name the sizes that there "
                                         "are, e.g. --values model=m,n",
                                         spec.model.filename().string()));
        }
        sizes[value] = {file, load_sidecar(sidecar_path(file))};
    }
    check_family(sizes);
    return sizes;
}

}  // namespace

bool adapts_model(const std::vector<std::string>& knobs) {
    return std::ranges::find(knobs, kModelKnob) != knobs.end();
}

fs::path shipped_model(const Task& task, const RunSpec& spec) {
    const TaskInput& input = task.input(spec.input);
    if (adapts_model(spec.knobs) && !input.sizes) {
        throw UsageError(
            fmt::format("knob '{}'", kModelKnob),
            fmt::format("the model shipped for {} on {} has one size", task.name, input.media),
            fmt::format("use {}, or bring sizes of your own with --model NAME-m.pt",
                        inputs_with_sizes()));
    }
    return data_root() / "models" / input.model;
}

Sidecar matching_sidecar(const RunSpec& spec, const Task& task) {
    if (adapts_model(spec.knobs) && !spec.sidecar.empty()) {
        throw UsageError(fmt::format("--sidecar {}", spec.sidecar.string()),
                         "is one file, and knob 'model' needs one for each size",
                         "leave it out, and put NAME-m.json beside NAME-m.pt");
    }
    Sidecar sidecar = load_sidecar(spec.sidecar.empty() ? sidecar_path(spec.model) : spec.sidecar);
    if (sidecar.task != task.name) {
        throw ModelError(
            sidecar.file.string(),
            fmt::format("is of task '{}', not '{}'", sidecar.task, task.name),
            fmt::format("bring a model for {}, or use --task {}", task.name, sidecar.task));
    }
    if (!spec.input.empty() && sidecar.input_kind != task.input(spec.input).media) {
        throw ModelError(
            sidecar.file.string(), fmt::format("takes {}, not {}", sidecar.input_kind, spec.input),
            fmt::format("bring a model for {}, or use --input {}", spec.input, sidecar.input_kind));
    }
    return sidecar;
}

std::map<double, ModelFile> find_models(const RunSpec& spec, const Task& task,
                                        const KnobSpace& space, bool offline) {
    Sidecar named = matching_sidecar(spec, task);
    const auto knob = std::ranges::find(space.knobs(), kModelKnob, &Knob::name);
    if (knob != space.knobs().end()) return find_family(spec, *knob, offline);
    constexpr double kAnyValue = 0;
    return {{kAnyValue, {spec.model, std::move(named)}}};
}

}  // namespace oneadapt
