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

std::vector<SchemeChoice> choose_schemes(const RunOptions& options) {
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
    const std::vector<std::string> names =
        options.schemes.empty() ? default_schemes() : options.schemes;
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

constexpr double kHighestWeight = 1e9;

std::vector<double> choose_weights(const RunOptions& options) {
    if (options.weights.empty()) return default_weights();
    std::vector<double> weights;
    for (const std::string& text : options.weights) {
        const double weight = parse_number(text, "--weights");
        if (weight < 0 || weight > kHighestWeight ||
            std::ranges::find(weights, weight) != weights.end()) {
            throw UsageError(fmt::format("--weights {}", text),
                             "is negative, above 1e+9 or given twice",
                             "give different numbers from 0 to 1e+9");
        }
        weights.push_back(weight);
    }
    return weights;
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
    for (const SchemeKind& kind : scheme_table()) names.push_back(kind.name);
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
    std::vector<SchemeChoice> schemes = choose_schemes(options);
    std::vector<double> weights = choose_weights(options);
    std::optional<LinkRate> link;
    if (!options.link.empty()) link = LinkRate::parse(options.link);
    DeviceProfile device = load_device_profile(
        options.profile.empty() ? data_root() / "devices" / "default.json" : options.profile);
    ReadOptions read = read_options(options, sidecar);
    std::vector<ClipSpec> clips = find_clips(options, task.input(sidecar.input_kind));

    Session session{.trace = open_trace(options),
                    .workbench = nullptr,
                    .plan = {&task,
                             std::move(sidecar),
                             std::move(space),
                             std::move(schemes),
                             std::move(weights),
                             options.gpu_share,
                             std::move(clips),
                             read,
                             options.score == "labels",
                             std::move(device),
                             std::move(link),
                             {},
                             options.offline,
                             worker_count(options)},
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
