#include "cli/session.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/clips.hpp"
#include "cli/data_root.hpp"
#include "cli/models.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// The schemes that are played: those named, or by default the rows marked so that fit the run, the
/// others being told.
std::vector<std::string> scheme_names(const RunOptions& options, const RunFacts& facts) {
    const bool named = !options.schemes.empty();
    std::vector<std::string> names;
    for (const std::string& name : named ? options.schemes : default_schemes()) {
        const auto refusal = find_scheme(name).needs.refusal(facts);
        if (!refusal) {
            names.push_back(name);
        } else if (named) {
            throw UsageError(fmt::format("scheme '{}'", name), *refusal,
                             "give it that, or leave the scheme out");
        } else if (!options.quiet) {
            fmt::print(stderr, "oneadapt-sim: left out: {} {}\n", name, *refusal);
        }
    }
    return names;
}

std::vector<SchemeChoice> choose_schemes(const RunOptions& options, const RunFacts& facts) {
    std::map<std::string, std::map<std::string, std::string>> settings;
    for (const std::string& item : options.settings) {
        const std::size_t dot = item.find('.');
        const std::size_t equals = item.find('=');
        if (dot == std::string::npos || equals == std::string::npos || dot > equals) {
            throw UsageError(fmt::format("--set {}", item), "is not SCHEME.NAME=VALUE",
                             "write e.g. --set oneadapt.lr=0.05");
        }
        settings[item.substr(0, dot)][item.substr(dot + 1, equals - dot - 1)] =
            item.substr(equals + 1);
    }
    const std::vector<std::string> names = scheme_names(options, facts);
    std::vector<SchemeChoice> choices;
    std::set<std::string> seen;
    for (const std::string& name : names) {
        const SchemeKind& kind = find_scheme(name);
        if (!seen.insert(name).second) {
            throw UsageError(fmt::format("scheme '{}'", name), "is named twice", "name it once");
        }
        choices.push_back({&kind, Parameters(name, kind.parameters, settings[name])});
    }
    for (const auto& [scheme, given] : settings) {
        if (seen.contains(scheme)) continue;
        find_scheme(scheme);
        throw UsageError(fmt::format("--set {}", scheme), "names a scheme that does not run",
                         "add it to --scheme");
    }
    return choices;
}

std::vector<double> weights_of(const RunOptions& options) {
    if (options.weights.empty()) return default_weights();
    std::vector<double> weights;
    for (const std::string& text : options.weights) {
        const double weight = parse_number(text, "--weights");
        if (weight < 0 || std::ranges::find(weights, weight) != weights.end()) {
            throw UsageError(fmt::format("--weights {}", text), "is negative or given twice",
                             "give different numbers of 0 or more");
        }
        weights.push_back(weight);
    }
    return weights;
}

std::vector<Goal> goals_of(const RunOptions& options) {
    std::vector<Goal> goals;
    for (const double weight : weights_of(options)) {
        goals.push_back({.weight = weight, .prices = Prices::of_gpu_share(options.gpu_share)});
    }
    return goals;
}

/// What the run has that schemes may need.
RunFacts facts_of(const RunOptions& options, const KnobSpace& space, const Task& task) {
    const auto& knobs = space.knobs();
    return {.link = !options.link.empty(),
            .boxes = task.boxes,
            .regions = std::ranges::any_of(
                knobs, [](const Knob& knob) { return find_knob(knob.name).regional(); }),
            .sizes = adapts_model(options.knobs)};
}

cv::Size parse_size(const std::string& text) {
    const std::size_t cross = text.find('x');
    const auto side = [&](const std::string& digits) {
        const double value = parse_number(digits, "--size");
        if (value < 2 || value > 16384 || value != static_cast<int>(value)) {
            throw UsageError("--size " + text, "is not a size", "write WIDTHxHEIGHT in pixels");
        }
        return static_cast<int>(value);
    };
    if (cross == std::string::npos) {
        throw UsageError("--size " + text, "is not a size", "write WIDTHxHEIGHT, e.g. 960x512");
    }
    return {side(text.substr(0, cross)), side(text.substr(cross + 1))};
}

std::optional<double> analysis_rate(const std::string& fps, const MediaKind& media) {
    if (fps.empty()) return media.fps;
    if (fps == "native") return std::nullopt;
    const double rate = parse_number(fps, "--fps");
    if (rate > 0 && rate <= 1000) return rate;
    throw UsageError("--fps " + fps, "is not a rate", "write frames per second above 0, or native");
}

ReadOptions read_options(const RunOptions& options, const Sidecar& sidecar) {
    const MediaKind& media = find_media(sidecar.input_kind);
    ReadOptions read;
    read.fps = analysis_rate(options.fps, media);
    read.segment_frames =
        options.segment_frames > 0 ? options.segment_frames : media.segment_frames;
    read.size_multiple = sidecar.size_multiple;
    read.sample_rate = sidecar.log_mel.rate;
    if (!options.size.empty()) read.size = parse_size(options.size);
    if (sidecar.fixed_size) {
        if (read.size && *read.size != *sidecar.fixed_size) {
            throw UsageError("--size " + options.size, "is not the size that the model needs",
                             fmt::format("leave it out: the model takes {}x{}",
                                         sidecar.fixed_size->width, sidecar.fixed_size->height));
        }
        read.size = sidecar.fixed_size;
    }
    return read;
}

int worker_count(const RunOptions& options) {
    if (options.jobs > 0) return options.jobs;
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::unique_ptr<Trace> open_trace(const RunOptions& options) {
    if (options.offline) return std::make_unique<Trace>(options.trace, Trace::Mode::read_only);
    std::error_code ignored;  // Trace says what is wrong with the folder
    std::filesystem::create_directories(options.trace.parent_path(), ignored);
    return std::make_unique<Trace>(options.trace, Trace::Mode::read_write);
}

}  // namespace

std::vector<std::string> default_schemes() {
    std::vector<std::string> names;
    for (const SchemeKind& kind : scheme_table()) {
        if (kind.by_default) names.push_back(kind.name);
    }
    return names;
}

std::map<std::string, std::vector<double>> parse_values(const std::vector<std::string>& items) {
    std::map<std::string, std::vector<double>> values;
    for (const std::string& item : items) {
        const std::size_t equals = item.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw UsageError("--values " + item, "is not KNOB=VALUE,VALUE,...",
                             "write e.g. --values qp=20,30,40");
        }
        const std::string knob = item.substr(0, equals);
        if (values.contains(knob)) {
            throw UsageError("--values " + knob, "is given twice", "give each knob one list");
        }
        std::vector<double>& list = values[knob];
        for (std::size_t from = equals + 1; from <= item.size();) {
            const std::size_t comma = std::min(item.find(',', from), item.size());
            list.push_back(parse_value(knob, item.substr(from, comma - from), "--values " + knob));
            from = comma + 1;
        }
    }
    return values;
}

RunOptions resolve(RunOptions options) {
    const Task& task = find_task(options.task);
    if (options.model.empty()) options.model = shipped_model(task, options);
    options.input = matching_sidecar(options, task).input_kind;
    std::vector<std::string> sent = options.knobs;  // those that a codec must obey
    std::erase(sent, kModelKnob);
    if (options.codec.empty()) options.codec = default_codec(options.input, sent).name;
    const CodecKind& codec = find_codec(options.codec);
    check_codec(codec, options.input, sent);
    if (options.knobs.empty()) options.knobs = {codec.knobs.front()};
    if (options.preset.empty()) options.preset = codec.preset;
    return options;
}

Session open_session(const RunOptions& given) {
    const RunOptions options = resolve(given);
    const Task& task = find_task(options.task);
    KnobSpace space = KnobSpace::from_names(options.knobs, parse_values(options.values));
    std::map<double, ModelFile> models = find_models(options, task, space);
    Sidecar sidecar = models.rbegin()->second.sidecar;
    std::vector<SchemeChoice> schemes = choose_schemes(options, facts_of(options, space, task));
    std::vector<Goal> goals = goals_of(options);
    Environment environment;
    if (!options.link.empty()) environment.uplink = Series::parse(options.link, uplink_series());
    DeviceProfile device = load_device_profile(
        options.profile.empty() ? data_root() / "devices" / "default.json" : options.profile);
    ReadOptions read = read_options(options, sidecar);
    std::vector<ClipSpec> clips = find_clips(options, task.input(sidecar.input_kind));

    Session session{.trace = open_trace(options),
                    .workbench = nullptr,
                    .plan = {.task = &task,
                             .sidecar = std::move(sidecar),
                             .space = std::move(space),
                             .schemes = std::move(schemes),
                             .goals = std::move(goals),
                             .clips = std::move(clips),
                             .read = read,
                             .score_by_labels = options.score == "labels",
                             .device = std::move(device),
                             .environment = std::move(environment),
                             .instruments = {},
                             .offline = options.offline,
                             .jobs = worker_count(options)},
                    .models = models,
                    .codec = options.codec,
                    .preset = options.preset,
                    .device = options.device};
    session.workbench = std::make_unique<Workbench>(
        WorkbenchOptions{std::move(models), options.codec, options.preset, options.device,
                         options.offline},
        *session.trace);
    session.plan.instruments = session.workbench->instruments();
    return session;
}

}  // namespace oneadapt
