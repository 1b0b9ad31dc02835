#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "cli/version.hpp"
#include "dnn/runtime.hpp"
#include "support/hash.hpp"

namespace oneadapt {
namespace {

/// As seen from the folder that the program runs in, so that a manifest reads the same elsewhere.
std::string seen_from_here(const std::filesystem::path& file) {
    return std::filesystem::proximate(file).string();
}

nlohmann::json schemes_json(const std::vector<SchemeChoice>& schemes) {
    nlohmann::json all = nlohmann::json::object();
    for (const SchemeChoice& choice : schemes) {
        nlohmann::json parameters = nlohmann::json::object();
        for (const auto& [name, value] : choice.parameters.values()) {
            std::visit([&, &key = name](const auto& v) { parameters[key] = v; }, value);
        }
        all[choice.kind->name] = std::move(parameters);
    }
    return all;
}

nlohmann::json clips_json(const ReplayPlan& plan) {
    nlohmann::json all = nlohmann::json::array();
    for (const ClipSpec& clip : plan.clips) {
        nlohmann::json entry = {{"name", clip.name},
                                {"kind", clip.kind},
                                {"file", seen_from_here(clip.file)},
                                {"start_s", clip.start_s}};
        if (clip.duration_s) entry["duration_s"] = *clip.duration_s;
        if (!plan.offline) entry["xxh3"] = hash_file(clip.file).hex();
        all.push_back(std::move(entry));
    }
    return all;
}

nlohmann::json model_json(const ModelFile& model, bool offline) {
    nlohmann::json entry = {{"file", seen_from_here(model.file)},
                            {"sidecar", seen_from_here(model.sidecar.file)},
                            {"source", model.sidecar.source}};
    if (!offline) entry["xxh3"] = hash_file(model.file).hex();
    return entry;
}

/// The model, or each of its sizes by name where the knob `model` is in use.
nlohmann::json models_json(const Session& session) {
    const ReplayPlan& plan = session.plan;
    if (!plan.space.reference().has(kModelKnob)) {
        return model_json(session.models.begin()->second, plan.offline);
    }
    nlohmann::json sizes = nlohmann::json::object();
    for (const auto& [value, model] : session.models) {
        sizes[value_text(kModelKnob, value)] = model_json(model, plan.offline);
    }
    return sizes;
}

/// The LibTorch that this run inferred with; null when the trace had everything.
nlohmann::json libtorch_json() {
    return dnn_runtime_loaded() ? nlohmann::json(dnn_runtime().version()) : nlohmann::json(nullptr);
}

}  // namespace

nlohmann::json describe(const Session& session, const RunOptions& options) {
    const ReplayPlan& plan = session.plan;
    nlohmann::json knobs = nlohmann::json::object();
    for (const Knob& knob : plan.space.knobs()) {
        knobs[knob.name] = knob.values;
        if (has_names(knob.name)) knobs[knob.name] = find_knob(knob.name).spellings(knob.values);
    }
    return {{"version", kVersion},
            {"commit", kCommit},
            {"task", plan.task->name},
            {"knobs", knobs},
            {"weights", plan.weights},
            {"weight_gpu", plan.gpu_share},
            {"schemes", schemes_json(plan.schemes)},
            {"clips", clips_json(plan)},
            {"reading", plan.read.text()},
            {"model", models_json(session)},
            {"score", options.score},
            {"encoder", plan.instruments.encoder},
            {"libtorch", libtorch_json()},
            {"device", session.device},
            {"device_profile", to_json(plan.device)},
            {"link", options.link.empty() ? "unlimited" : options.link},
            {"trace", seen_from_here(options.trace)},
            {"offline", plan.offline},
            {"jobs", plan.jobs},
            {"warmup", options.warmup},
            {"seed", nullptr}};
}

}  // namespace oneadapt
