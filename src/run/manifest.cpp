#include "run/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "run/field_types.hpp"
#include "run/fields.hpp"

namespace oneadapt {
namespace {

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
                                {"file", seen_from_here(clip.file).string()},
                                {"start_s", clip.start_s}};
        if (clip.duration_s) entry["duration_s"] = *clip.duration_s;
        if (clip.points.layout) entry["point_layout"] = *clip.points.layout;
        if (clip.points.brightest) entry["intensity_max"] = *clip.points.brightest;
        all.push_back(std::move(entry));
    }
    return all;
}

std::vector<double> weights_of(const std::vector<Goal>& goals) {
    std::vector<double> weights;
    for (const Goal& goal : goals) {
        if (goal.weight) weights.push_back(*goal.weight);
    }
    return weights;
}

nlohmann::json model_json(const ModelFile& model) {
    return {{"file", seen_from_here(model.file).string()},
            {"sidecar", seen_from_here(model.sidecar.file).string()},
            {"source", model.sidecar.source}};
}

/// The model, or each of its sizes by name where it comes in several.
nlohmann::json models_json(const Session& session) {
    const ReplayPlan& plan = session.plan;
    if (!chosen_dnn(plan.space.reference())) {
        return model_json(session.models.front());
    }
    nlohmann::json sizes = nlohmann::json::object();
    for (const ModelFile& model : session.models) {
        if (!model.size.empty()) sizes[model.size] = model_json(model);
    }
    return sizes;
}

nlohmann::json failures_json(const std::vector<ReplayFailure>& failures) {
    nlohmann::json all = nlohmann::json::array();
    for (const ReplayFailure& failure : failures) {
        all.push_back(fmt::format("clip '{}', {}: {}", failure.clip,
                                  fmt::join(failure.schemes, ", "), failure.message));
    }
    return all;
}

}  // namespace

ReportOptions report_options(const RunSpec& spec) {
    return {.summary = {.warmup = spec.warmup,
                        .resampling = {.block = spec.block,
                                       .seed = static_cast<std::uint64_t>(spec.seed)},
                        .by_ap50 = spec.metric == "ap50"},
            .lines = lines_of(spec.lines, spec.knobs.size())};
}

nlohmann::json describe(const Session& session, const UsedFiles& files,
                        const std::vector<ReplayFailure>& failures) {
    const RunSpec& spec = session.spec;
    const ReplayPlan& plan = session.plan;
    nlohmann::json knobs = nlohmann::json::object();
    for (const Knob& knob : plan.space.knobs()) knobs[knob.name] = field_types::saved(knob.values);
    nlohmann::json whole = {{"spec", to_json(spec)},
                            {"task", plan.task->name},
                            {"knobs", knobs},
                            {"weights", weights_of(plan.goals)},
                            {"weight_gpu", plan.goals.front().prices.gpu},
                            {"schemes", schemes_json(plan.schemes)},
                            {"clips", clips_json(plan)},
                            {"files", files},
                            {"reading", plan.read.text()},
                            {"model", models_json(session)},
                            {"score", spec.score},
                            {"encoder", plan.instruments.encoder},
                            {"measured_with", runtimes_of(*session.trace)},
                            {"device", spec.device},
                            {"device_profile", to_json(plan.device)},
                            {"link", spec.link ? field_types::text_of(*spec.link) : "unlimited"},
                            {"trace", seen_from_here(session.execution.trace).string()},
                            {"offline", plan.offline},
                            {"jobs", plan.jobs},
                            {"failures", failures_json(failures)},
                            {"seed", spec.seed}};
    for (const ModelFile& network : session.auxiliaries) {
        whole["auxiliaries"][network.role] = model_json(network);
    }
    return whole;
}

}  // namespace oneadapt
