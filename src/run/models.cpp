#include "run/models.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/auxiliary.hpp"
#include "dnn/input.hpp"
#include "measure/gflop.hpp"
#include "run/data_root.hpp"
#include "run/lookup.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

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
                    "{}=..., or files of any name with --models",
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
            "models that stand in for each other may differ in weights, 'score_threshold', "
            "'nms_iou' and 'exits' alone");
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
        sizes.back().exit = sizes.back().sidecar.exits;
    }
    return sizes;
}

/// The files of a zoo, each as the whole DNN.
std::vector<ModelFile> whole_models(const RunSpec& spec) {
    std::vector<ModelFile> whole;
    for (const fs::path file : spec.models) {
        const auto alike = [&](const ModelFile& known) { return known.file.stem() == file.stem(); };
        if (std::ranges::any_of(whole, alike)) {
            throw UsageError("--models " + file.string(), "is named like another of them",
                             "give each file a name of its own");
        }
        whole.push_back({.file = file, .sidecar = load_sidecar(sidecar_path(file))});
        whole.back().exit = whole.back().sidecar.exits;
    }
    return whole;
}

/// The DNN of a zoo that a value names.
ModelFile find_in_zoo(const std::vector<ModelFile>& whole, const std::string& value,
                      const Knob& knob) {
    const auto at = split_once(value, '@');
    const std::string family(at ? at->first : value);
    const std::string where = fmt::format("--values {}={}", knob.name, value);
    const auto found = std::ranges::find(whole, family, &ModelFile::name);
    if (found == whole.end()) {
        std::vector<std::string> names;
        std::ranges::transform(whole, std::back_inserter(names), &ModelFile::name);
        throw UsageError(where, "names none of --models",
                         fmt::format("choose from {}", fmt::join(names, ", ")));
    }
    ModelFile model = *found;
    model.size = value;
    if (!at) return model;
    const int exits = model.sidecar.exits;
    if (exits == 0) {
        throw UsageError(where, fmt::format("{} has no early exits", family),
                         "name it without '@', or bring an anytime model "
                         "(datasets/models/README.md)");
    }
    model.exit = number_in<int>(at->second).value_or(0);
    if (model.exit < 1 || model.exit >= exits) {
        throw UsageError(where, fmt::format("{} has no exit '{}'", family, at->second),
                         fmt::format("choose from {0}@1 to {0}@{1}, or {0}", family, exits - 1));
    }
    return model;
}

std::vector<ModelFile> find_zoo(const RunSpec& spec, const Knob& knob, bool offline) {
    const std::vector<ModelFile> whole = whole_models(spec);
    std::vector<ModelFile> zoo;
    for (const KnobValue& value : knob.values) {
        zoo.push_back(find_in_zoo(whole, value.name(), knob));
        if (offline || fs::exists(zoo.back().file)) continue;
        throw ModelError(zoo.back().file.string(), "is missing", "name a TorchScript file");
    }
    return zoo;
}

/// Adds the exits that are not there yet.
std::vector<ModelFile> with_exits(std::vector<ModelFile> models) {
    const std::size_t chosen = models.size();
    for (std::size_t i = 0; i < chosen; ++i) {
        for (int exit = models[i].exit - 1; exit > 0; --exit) {
            const auto is_it = [&](const ModelFile& known) {
                return known.file == models[i].file && known.exit == exit;
            };
            if (std::ranges::any_of(models, is_it)) continue;
            ModelFile early = models[i];
            early.exit = exit;
            early.size.clear();
            models.push_back(std::move(early));
        }
    }
    return models;
}

}  // namespace

std::vector<KnobValue> zoo_values(const RunSpec& spec) {
    const KnobKind* knob = knob_of(spec.knobs, ActsOn::server);
    const std::string where = fmt::format("--models {}", fmt::join(spec.models, ","));
    if (knob == nullptr) {
        throw UsageError(where, "are DNNs to choose from, and no knob chooses one",
                         "add --knob model, or name one with --model");
    }
    std::vector<KnobValue> values;
    for (ModelFile& model : with_exits(whole_models(spec))) values.emplace_back(model.name());
    if (values.size() > 1) return values;
    throw UsageError(where, "is one DNN without early exits, and there is nothing to choose from",
                     "name several files, or an anytime model");
}

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
    const fs::path model = spec.models.empty() ? spec.model : fs::path(spec.models.front());
    Sidecar sidecar = load_sidecar(spec.sidecar.empty() ? sidecar_path(model) : spec.sidecar);
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
        if (find_knob(knob.name).acts_on != ActsOn::server) continue;
        auto models =
            spec.models.empty() ? find_family(spec, knob, offline) : find_zoo(spec, knob, offline);
        check_family(models);
        return with_exits(std::move(models));
    }
    ModelFile whole{.file = spec.model, .sidecar = std::move(named)};
    whole.exit = whole.sidecar.exits;
    return with_exits({std::move(whole)});
}

void order_zoo(RunSpec& spec, std::vector<ModelFile>& models, const WorkbenchOptions& options,
               Trace& trace) {
    if (spec.models.empty()) return;
    const Workbench workbench(options, trace);
    const Sidecar& sidecar = models.front().sidecar;
    const cv::Size size = input_space(sidecar).size(find_input(sidecar.input_kind).trial(sidecar));
    std::vector<std::pair<double, ModelFile>> by_work;
    for (std::size_t i = 0; i < models.size(); ++i) {
        const Dnn& dnn = workbench.instruments().dnns[i];
        by_work.emplace_back(forward_gflop(dnn, size, trace), models[i]);
    }
    std::ranges::stable_sort(by_work, [](const auto& a, const auto& b) {
        return std::pair(a.second.size.empty(), -a.first) <
               std::pair(b.second.size.empty(), -b.first);
    });
    std::vector<KnobValue>& values = spec.values.at(knob_of(spec.knobs, ActsOn::server)->name);
    values.clear();
    models.clear();
    for (auto& [work, model] : by_work) {
        if (!model.size.empty()) values.emplace_back(model.size);
        models.push_back(std::move(model));
    }
}

std::vector<ModelFile> find_auxiliaries(const RunSpec& spec, const Sidecar& model) {
    std::vector<ModelFile> found;
    const std::vector<SchemeChoice> schemes = choose_schemes(spec);
    for (const AuxiliaryRole& role : auxiliary_table()) {
        if (std::ranges::none_of(schemes, [&](const SchemeChoice& scheme) {
                return scheme.kind->needs_with(scheme.parameters).auxiliary == role.name;
            })) {
            continue;
        }
        const fs::path file = auxiliary_path(spec.model, role.name);
        found.push_back({.file = file,
                         .sidecar = load_auxiliary_sidecar(file, role.name, model),
                         .role = role.name});
    }
    return found;
}

}  // namespace oneadapt
