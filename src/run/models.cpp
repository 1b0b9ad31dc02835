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

/// What the family that `model` is of is called, up to the size: `street-` of street-n.pt.
std::string family_of(const fs::path& model, const Knob& knob) {
    const std::string stem = model.stem().string();
    std::vector<std::string> sizes = texts(knob.values);
    const std::vector<std::string> usual = texts(find_knob(knob.name).values);
    sizes.insert(sizes.end(), usual.begin(), usual.end());
    for (const std::string& size : sizes) {
        if (stem.ends_with("-" + size)) return stem.substr(0, stem.size() - size.size());
    }
    throw UsageError(
        fmt::format("--model {}", model.string()),
        fmt::format("is not a size of a family, which knob '{}' chooses from", knob.name),
        fmt::format("name one of NAME-{}.pt, all beside each other, or other sizes with --values "
                    "{}=...",
                    fmt::join(usual, ".pt, NAME-"), knob.name));
}

void check_family(const std::vector<ModelFile>& sizes) {
    const Sidecar& first = sizes.front().sidecar;
    for (const ModelFile& model : sizes) {
        const std::string key = first_difference(model.sidecar, first);
        if (key.empty()) continue;
        throw ModelError(
            fmt::format("{}: key '{}'", model.sidecar.file.string(), key),
            fmt::format("is not as in {}", first.file.string()),
            "sizes of a model may differ in weights, 'score_threshold' and 'nms_iou' alone");
    }
}

std::vector<ModelFile> find_family(const RunSpec& spec, const Knob& knob, bool offline) {
    const std::string family = family_of(spec.model, knob);
    std::vector<ModelFile> sizes;
    for (const KnobValue& size : knob.values) {
        const fs::path file =
            spec.model.parent_path() / (family + size.name() + spec.model.extension().string());
        if (!fs::exists(sidecar_path(file)) || (!offline && !fs::exists(file))) {
            throw ModelError(file.string(), "is missing, or its sidecar is",
                             fmt::format("put every size beside {}, or name the sizes that there "
                                         "are with --values {}=...",
                                         spec.model.filename().string(), knob.name));
        }
        sizes.push_back({file, load_sidecar(sidecar_path(file)), size.name()});
    }
    check_family(sizes);
    return sizes;
}

}  // namespace

fs::path shipped_model(const Task& task, const RunSpec& spec) {
    const TaskInput& input = task.input(spec.input);
    const KnobKind* sizes = knob_of(spec.knobs, ActsOn::server);
    if (sizes != nullptr && !input.sizes) {
        throw UsageError(
            fmt::format("knob '{}'", sizes->name),
            fmt::format("the model shipped for {} on {} has one size", task.name, input.media),
            fmt::format("use {}, or bring sizes of your own with --model NAME-{}.pt",
                        inputs_with_sizes(), sizes->values.front().name()));
    }
    return data_root() / "models" / input.model;
}

Sidecar matching_sidecar(const RunSpec& spec, const Task& task) {
    const KnobKind* sizes = knob_of(spec.knobs, ActsOn::server);
    if (sizes != nullptr && !spec.sidecar.empty()) {
        throw UsageError(
            fmt::format("--sidecar {}", spec.sidecar.string()),
            fmt::format("is one file, and knob '{}' needs one for each size", sizes->name),
            "leave it out, and put NAME-SIZE.json beside each NAME-SIZE.pt");
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

std::vector<ModelFile> find_models(const RunSpec& spec, const Task& task, const KnobSpace& space,
                                   bool offline) {
    Sidecar named = matching_sidecar(spec, task);
    for (const Knob& knob : space.knobs()) {
        if (find_knob(knob.name).acts_on == ActsOn::server) {
            return find_family(spec, knob, offline);
        }
    }
    return {{spec.model, std::move(named)}};
}

}  // namespace oneadapt
