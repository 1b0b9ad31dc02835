#include "run/plan.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "run/clips.hpp"
#include "run/data_root.hpp"
#include "run/field_types.hpp"
#include "run/goals.hpp"
#include "run/lookup.hpp"
#include "run/models.hpp"
#include "support/errors.hpp"
#include "testbed/contention.hpp"

namespace oneadapt {
namespace {

DeviceProfile find_profile(const RunSpec& spec) {
    if (spec.profile.extension() != ".csv") return load_device_profile(spec.profile);
    return with_costs(load_device_profile(data_root() / "devices" / "default.json"), spec.profile);
}

/// A file, or the name of a shipped profile.
void resolve_profile(RunSpec& spec) {
    const std::filesystem::path devices = data_root() / "devices";
    if (spec.profile.empty()) spec.profile = seen_from_here(devices / "default.json");
    if (spec.profile.has_extension() || spec.profile.has_parent_path()) return;
    const std::filesystem::path shipped = devices / (spec.profile.string() + ".json");
    if (!std::filesystem::exists(shipped)) {
        if (std::filesystem::exists(spec.profile)) return;
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(devices)) {
            names.insert(entry.path().stem().string());
        }
        throw UsageError("--profile " + spec.profile.string(), "is no shipped profile",
                         fmt::format("choose from {}, or name a file", fmt::join(names, ", ")));
    }
    spec.profile = seen_from_here(shipped);
}

/// The power caps, which the profile has.
void resolve_caps(RunSpec& spec) {
    const KnobKind* cap = knob_of(spec.knobs, ActsOn::device);
    if (cap == nullptr) return;
    const DeviceProfile profile = find_profile(spec);
    const std::vector<double> caps = profile.caps();
    if (caps.empty()) {
        throw UsageError(fmt::format("knob '{}'", cap->name),
                         fmt::format("device profile {} has no power caps", spec.profile.string()),
                         "name one that has, e.g. --profile laptop");
    }
    if (!spec.values.contains(cap->name)) {
        spec.values[cap->name] = {caps.begin(), caps.end()};
        return;
    }
    for (const KnobValue& value : spec.values[cap->name]) {
        const double watts = value.number();
        const bool known = std::ranges::find(caps, watts) != caps.end();
        const bool lawful =
            !profile.power.caps_watts.empty() && watts <= caps.front() && watts >= caps.back();
        if (known || lawful) continue;
        throw UsageError(fmt::format("--values {}", cap->name),
                         fmt::format("{} W is out of range of {}", watts, spec.profile.string()),
                         fmt::format("its caps are {}", fmt::join(caps, ", ")));
    }
}

void resolve_zoo(RunSpec& spec) {
    if (spec.models.empty()) return;
    std::vector<KnobValue> offered = zoo_values(spec);
    spec.values.try_emplace(knob_of(spec.knobs, ActsOn::server)->name, std::move(offered));
}

/// The codec and the knobs, which decide each other's defaults.
void resolve_coding(RunSpec& spec) {
    std::vector<std::string> sent = spec.knobs;  // those that a codec must obey
    std::erase_if(sent, [](const auto& name) { return find_knob(name).acts_on != ActsOn::camera; });
    if (spec.codec.empty()) spec.codec = default_codec(spec.input, sent).name;
    const CodecKind& codec = find_codec(spec.codec);
    check_codec(codec, spec.input, sent);
    if (spec.knobs.empty()) spec.knobs = {codec.knobs.front()};
    if (spec.preset.empty()) spec.preset = codec.preset;
    resolve_zoo(spec);
    const KnobSpace space = knob_space(spec);
    for (const Knob& knob : space.knobs()) spec.values[knob.name] = knob.values;
}

/// Refuses an option that would change nothing.
void refuse_idle(const char* option, bool given, const char* why, const char* without) {
    if (!given) return;
    throw UsageError(option, fmt::format("{}, and there is no {}", why, without),
                     fmt::format("give {}, or leave it out", without));
}

void resolve_schemes(RunSpec& spec) {
    const std::vector<SchemeChoice> choices = choose_schemes(spec);
    spec.schemes.clear();
    for (const SchemeChoice& choice : choices) {
        spec.schemes.push_back(choice.kind->name);
        for (const auto& [name, value] : choice.parameters.values()) {
            spec.settings[choice.kind->name][name] = value;
        }
    }
    choose_goals(spec);  // which refuses contradictions
    if (spec.goal.empty()) {
        refuse_idle("--accuracies", !spec.accuracies.empty(), "is for constraints", "--goal");
        spec.weights = choose_weights(spec);
    } else if (spec.accuracies.empty()) {
        spec.accuracies = seen_from_here(data_root() / "models" / "accuracies.csv");
    }
}

void resolve_reading(RunSpec& spec) {
    const MediaKind& media = find_media(spec.input);
    if (!spec.fps) spec.fps = media.fps;
    if (!spec.segment_frames) spec.segment_frames = media.segment_frames;
    if (spec.clips.empty() && spec.dataset.empty()) {
        spec.dataset = seen_from_here(data_root() / find_task(spec.task).input(spec.input).dataset);
    }
}

ReadOptions read_options(const RunSpec& spec, const Sidecar& sidecar) {
    const MediaKind& media = find_media(sidecar.input_kind);
    ReadOptions read;
    read.fps = analysis_rate(spec, media);
    read.segment_frames = spec.segment_frames.value_or(media.segment_frames);
    read.size_multiple = sidecar.size_multiple;
    read.sample_rate = sidecar.log_mel.rate;
    read.size = analysis_size(spec);
    if (sidecar.fixed_size) {
        if (read.size && *read.size != *sidecar.fixed_size) {
            throw UsageError("--size " + spec.size, "is not the size that the model needs",
                             fmt::format("leave it out: the model takes {}x{}",
                                         sidecar.fixed_size->width, sidecar.fixed_size->height));
        }
        read.size = sidecar.fixed_size;
    }
    return read;
}

std::shared_ptr<Trace> open_trace(const Execution& execution) {
    const auto mode = execution.offline ? Trace::Mode::read_only : Trace::Mode::read_write;
    std::error_code ignored;  // Trace says what is wrong with the folder
    if (!execution.offline) {
        std::filesystem::create_directories(execution.trace.parent_path(), ignored);
    }
    return std::make_shared<Trace>(execution.trace, mode);
}

std::optional<Series> find_series(const std::optional<NumberOrWord>& given,
                                  const SeriesKind& kind) {
    if (!given) return std::nullopt;
    return Series::parse(field_types::text_of(*given), kind);
}

Environment find_environment(const RunSpec& spec) {
    Environment environment{.uplink = find_series(spec.link, uplink_series()),
                            .downlink = find_series(spec.downlink, downlink_series()),
                            .speed = find_series(spec.slowdown, speed_series()),
                            .idle_watts = find_series(spec.idle_power, idle_series())};
    if (spec.environment.empty()) return environment;
    if (environment.speed || environment.idle_watts) {
        throw UsageError("--environment " + spec.environment,
                         "says what --slowdown and --idle-power say", "keep one of them");
    }
    contend(environment, spec.environment, spec.series_end == "repeat");
    return environment;
}

/// All of a plan but its instruments.
ReplayPlan make_plan(const RunSpec& spec, const Execution& execution, Sidecar sidecar) {
    const Task& task = find_task(spec.task);
    const TaskInput& input = task.input(sidecar.input_kind);
    const ReadOptions read = read_options(spec, sidecar);
    return {.task = &task,
            .sidecar = std::move(sidecar),
            .space = knob_space(spec),
            .schemes = choose_schemes(spec),
            .goals = choose_goals(spec),
            .clips = find_clips(spec, input),
            .read = read,
            .score_by_labels = spec.score == "labels",
            .judges_boxes = spec.metric == "ap50",
            .device = find_profile(spec),
            .environment = find_environment(spec),
            .accuracies = spec.accuracies.empty() ? Accuracies()
                                                  : load_accuracies(spec.accuracies, spec.score),
            .instruments = {},
            .offline = execution.offline,
            .jobs = execution.jobs};
}

}  // namespace

std::filesystem::path seen_from_here(const std::filesystem::path& file) {
    return std::filesystem::absolute(file).lexically_proximate(std::filesystem::current_path());
}

RunSpec resolve(RunSpec spec) {
    const Task& task = find_task(spec.task);
    if (spec.model.empty() && spec.models.empty())
        spec.model = seen_from_here(shipped_model(task, spec));
    spec.input = matching_sidecar(spec, task).input_kind;
    refuse_idle("--series-end", spec.series_end != RunSpec{}.series_end && spec.environment.empty(),
                "says how a recorded environment ends", "--environment");
    resolve_profile(spec);
    resolve_caps(spec);
    resolve_coding(spec);
    resolve_reading(spec);
    resolve_schemes(spec);
    return spec;
}

RunSpec without_defaults(const RunSpec& spec) {
    const auto resolved = [](const RunSpec& some) -> std::optional<RunSpec> {
        try {
            return resolve(some);
        } catch (const Error&) {
            return std::nullopt;
        }
    };
    const std::optional<RunSpec> whole = resolved(spec);
    if (!whole) return spec;
    RunSpec least = spec;
    for (const Field& field : fields()) {
        RunSpec without = least;
        field.clear(without);
        if (resolved(without) == whole) least = std::move(without);
    }
    return least;
}

RunSpec load_changed(const std::filesystem::path& file, const GivenTexts& given) {
    const RunSpec spec = load_spec(file);
    return given.empty() ? spec : changed(without_defaults(spec), given);
}

namespace {

/// Lets whatever is not at hand be known by the hash that a manifest tells.
template <class Named>
void know(Named& named, const Execution& execution) {
    const auto told = execution.files.find(seen_from_here(named.file).string());
    if (told != execution.files.end()) named.content = Hash128::from_hex(told->second);
}

std::shared_ptr<Workbench> find_workbench(WorkbenchOptions options, Shared& shared) {
    std::string name = fmt::format("{}|{}|{}", options.codec, options.preset, options.device);
    for (const ModelFile& model : options.models) {
        name += fmt::format("|{}|{}|{}|{}", model.size, model.exit, model.file.string(),
                            model.sidecar.file.string());
    }
    for (const ModelFile& network : options.auxiliaries) name += "|" + network.file.string();
    std::shared_ptr<Workbench>& workbench = shared.workbenches[name];
    if (!workbench) workbench = std::make_shared<Workbench>(std::move(options), *shared.trace);
    return workbench;
}

}  // namespace

int worker_count(const Execution& execution) {
    if (execution.jobs > 0) return execution.jobs;
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Session open_session(const RunSpec& spec, const Execution& execution) {
    Shared alone;
    return open_session(spec, execution, alone);
}

Session open_session(const RunSpec& given, const Execution& how, Shared& shared) {
    RunSpec spec = resolve(given);
    Execution execution = how;
    execution.jobs = worker_count(execution);
    const KnobSpace space = knob_space(spec);
    std::vector<ModelFile> models =
        find_models(spec, find_task(spec.task), space, execution.offline);
    std::vector<ModelFile> auxiliaries = find_auxiliaries(spec, models.front().sidecar);
    for (ModelFile& model : models) know(model, execution);
    for (ModelFile& auxiliary : auxiliaries) know(auxiliary, execution);
    // What cannot be run is refused before a trace is made.
    ReplayPlan plan = make_plan(spec, execution, models.front().sidecar);
    if (!shared.trace) shared.trace = open_trace(execution);
    WorkbenchOptions options{.models = models,
                             .codec = spec.codec,
                             .preset = spec.preset,
                             .device = spec.device,
                             .offline = execution.offline};
    if (!spec.models.empty()) {
        order_zoo(spec, models, options, *shared.trace);
        options.models = models;
        plan = make_plan(spec, execution, models.front().sidecar);
    }
    options.auxiliaries = auxiliaries;
    for (ClipSpec& clip : plan.clips) know(clip, execution);
    std::shared_ptr<Workbench> workbench = find_workbench(std::move(options), shared);
    plan.instruments = workbench->instruments();
    return {.spec = std::move(spec),
            .execution = std::move(execution),
            .trace = shared.trace,
            .workbench = std::move(workbench),
            .plan = std::move(plan),
            .models = std::move(models),
            .auxiliaries = std::move(auxiliaries)};
}

}  // namespace oneadapt
