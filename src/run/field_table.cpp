#include "run/fields.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "media/point_layout.hpp"
#include "report/curve.hpp"
#include "run/field_row.hpp"
#include "run/goals.hpp"
#include "run/lookup.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "testbed/contention.hpp"

namespace oneadapt {
namespace {

using field_row::field;

/// Every member, in order: a member that is added does not compile until it stands here, and then
/// not until the table has a row for it.
[[maybe_unused]] auto members(const RunSpec& spec) {
    const auto& [task, input, knobs, values, schemes, settings, weights, weight_gpu, goal,
                 min_accuracy, max_energy, max_power, deadline_ms, accuracies, clips, dataset, fps,
                 segment_frames, size, start_s, duration_s, point_layout, intensity_max, codec,
                 preset, model, models, sidecar, device, link, downlink, slowdown, idle_power,
                 environment, series_end, profile, score, metric, warmup, block, seed, lines] =
        spec;
    return std::tie(task, input, knobs, values, schemes, settings, weights, weight_gpu, goal,
                    min_accuracy, max_energy, max_power, deadline_ms, accuracies, clips, dataset,
                    fps, segment_frames, size, start_s, duration_s, point_layout, intensity_max,
                    codec, preset, model, models, sidecar, device, link, downlink, slowdown,
                    idle_power, environment, series_end, profile, score, metric, warmup, block,
                    seed, lines);
}

bool named(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::ranges::find(names, name) != names.end();
}

void check_knobs(const RunSpec& spec) {
    if (!spec.knobs.empty()) KnobSpace::from_names(spec.knobs, {});
}

void check_knob_values(const RunSpec& spec) {
    if (!spec.knobs.empty()) {
        knob_space(spec);
        return;
    }
    for (const auto& [knob, list] : spec.values) KnobSpace::from_names({knob}, {{knob, list}});
}

/// How a device is written; whether there is such a one is known when something must be measured.
void check_device(const RunSpec& spec) {
    std::string_view number = spec.device;
    if (number == "cpu" || number == "cuda") return;
    const bool cuda = number.starts_with("cuda:");
    if (cuda) number.remove_prefix(5);
    if (cuda && number_in<int>(number).value_or(-1) >= 0) return;
    throw UsageError("--device " + spec.device, "is no device", "choose from cpu, cuda, cuda:N");
}

void check_score(const RunSpec& spec) {
    if (spec.score == "reference" || spec.score == "labels") return;
    throw UsageError("--score " + spec.score, "is unknown", "choose from reference, labels");
}

/// What savings are at equal values of: the task's accuracy, or COCO's AP50 of all frames together.
void check_metric(const RunSpec& spec) {
    if (spec.metric == "accuracy") return;
    if (spec.metric != "ap50") {
        throw UsageError("--metric " + spec.metric, "is unknown", "choose from accuracy, ap50");
    }
    if (!find_task(spec.task).boxes) {
        throw UsageError("--metric ap50", "is for tasks whose DNN says boxes",
                         "leave it out for the task " + spec.task);
    }
}

void check_lines(const RunSpec& spec) {
    if (lines_of(spec.lines)) return;
    throw UsageError("--lines " + spec.lines, "is unknown", "choose from straight, pchip");
}

void check_series_end(const RunSpec& spec) {
    if (spec.series_end == "repeat" || spec.series_end == "stop") return;
    throw UsageError("--series-end " + spec.series_end, "is unknown", "choose from repeat, stop");
}

const std::string kAdapted = "What is adapted";
const std::string kWatched = "What is watched";
const std::string kTestbed = "DNN and testbed";

auto adapted_fields() {
    return std::array{
        field(&RunSpec::task, {.key = "task",
                               .option = "--task",
                               .group = kAdapted,
                               .help = "analytic task",
                               .example = "segment",
                               .check = [](const RunSpec& s) { find_task(s.task); }}),
        field(&RunSpec::input,
              {.key = "input",
               .option = "--input",
               .group = kAdapted,
               .help = "medium (see `list`)",
               .example = "infrared",
               .otherwise = "the task's first",
               .check = [](const RunSpec& s) { find_task(s.task).input(s.input); }}),
        field(&RunSpec::knobs, {.key = "knobs",
                                .option = "--knob",
                                .group = kAdapted,
                                .help = "knobs",
                                .example = "qp,resolution",
                                .otherwise = "qp, or what else the input has",
                                .check = check_knobs,
                                .settle =
                                    [](RunSpec& s) {
                                        std::erase_if(s.values, [&](const auto& item) {
                                            return !named(s.knobs, item.first);
                                        });
                                    }}),
        field(&RunSpec::values, {.key = "values",
                                 .option = "--values",
                                 .group = kAdapted,
                                 .help = "a knob's values, most expensive first",
                                 .example = "qp=20,30,40",
                                 .check = check_knob_values}),
        field(&RunSpec::schemes, {.key = "schemes",
                                  .option = "--scheme",
                                  .group = kAdapted,
                                  .help = "schemes",
                                  .example = "oneadapt,static",
                                  .otherwise = "all of them",
                                  .check = [](const RunSpec& s) { scheme_kinds(s); },
                                  .settle =
                                      [](RunSpec& s) {
                                          std::erase_if(s.settings, [&](const auto& item) {
                                              return !named(s.schemes, item.first);
                                          });
                                      }}),
        field(&RunSpec::settings, {.key = "settings",
                                   .option = "--set",
                                   .group = kAdapted,
                                   .help = "a scheme's parameter (see `list`)",
                                   .example = "oneadapt.lr=0.05",
                                   .check = [](const RunSpec& s) { choose_schemes(s); }}),
        field(&RunSpec::weights, {.key = "weights",
                                  .option = "--weights",
                                  .group = kAdapted,
                                  .help = "prices in accuracy",
                                  .example = "0.1,1,10",
                                  .otherwise = "nine, log-spaced from 0.02 to 100",
                                  .check = [](const RunSpec& s) { choose_weights(s); }}),
        field(&RunSpec::weight_gpu,
              {.key = "weight_gpu",
               .option = "--weight-gpu",
               .group = kAdapted,
               .help = "share of GPU work in what is priced, bandwidth being the rest",
               .example = "0.5",
               .range = Range{0, 1}}),
    };
}

auto watched_fields() {
    return std::array{
        field(&RunSpec::clips, {.key = "clips",
                                .option = "--clip",
                                .group = kWatched,
                                .help = "a recorded clip, may be repeated",
                                .example = "street.mp4",
                                .excludes = "dataset"}),
        field(&RunSpec::dataset, {.key = "dataset",
                                  .option = "--dataset",
                                  .group = kWatched,
                                  .help = "a manifest of clips",
                                  .example = "mine.json",
                                  .otherwise = "the embedded one",
                                  .excludes = "clips"}),
        field(&RunSpec::fps, {.key = "fps",
                              .option = "--fps",
                              .group = kWatched,
                              .help = "analysis rate, or native for every frame",
                              .example = "native",
                              .otherwise = "10, sound 0.25",
                              .check = [](const RunSpec& s) { analysis_rate(s, {}); }}),
        field(&RunSpec::segment_frames, {.key = "segment_frames",
                                         .option = "--segment-frames",
                                         .group = kWatched,
                                         .help = "frames per segment",
                                         .example = "5",
                                         .otherwise = "10, sound 1",
                                         .range = Range{1, 10000}}),
        field(&RunSpec::size, {.key = "size",
                               .option = "--size",
                               .group = kWatched,
                               .help = "analysis size",
                               .example = "960x512",
                               .otherwise = "the clip's",
                               .check = [](const RunSpec& s) { analysis_size(s); }}),
        field(&RunSpec::start_s, {.key = "start_s",
                                  .option = "--start",
                                  .group = kWatched,
                                  .help = "seconds to skip",
                                  .example = "10",
                                  .range = Range{0, 1e9}}),
        field(&RunSpec::duration_s, {.key = "duration_s",
                                     .option = "--duration",
                                     .group = kWatched,
                                     .help = "seconds to read",
                                     .example = "30",
                                     .range = Range{1e-3, 1e9}}),
        field(&RunSpec::point_layout, {.key = "point_layout",
                                       .option = "--point-layout",
                                       .group = kWatched,
                                       .help = "what a point of a .bin sweep is",
                                       .example = "xyzir",
                                       .otherwise = "xyzi, if that makes sense",
                                       .check =
                                           [](const RunSpec& s) {
                                               if (!s.point_layout.empty())
                                                   find_point_layout(s.point_layout);
                                           }}),
        field(&RunSpec::intensity_max, {.key = "intensity_max",
                                        .option = "--intensity-max",
                                        .group = kWatched,
                                        .help = "intensity of points that counts as 1",
                                        .example = "255",
                                        .otherwise = "found out",
                                        .range = Range{1e-9, 1e9}}),
        field(&RunSpec::codec, {.key = "codec",
                                .option = "--codec",
                                .group = kWatched,
                                .help = "codec (see `list`)",
                                .example = "h265",
                                .otherwise = "the first that obeys the knobs",
                                .check =
                                    [](const RunSpec& s) {
                                        if (!s.codec.empty()) find_codec(s.codec);
                                    }}),
        field(&RunSpec::preset, {.key = "preset",
                                 .option = "--preset",
                                 .group = kWatched,
                                 .help = "encoder preset",
                                 .example = "veryfast",
                                 .otherwise = "the codec's"}),
    };
}

auto goal_fields() {
    const std::string group = "What it is played for, instead of weights";
    return std::array{
        field(&RunSpec::goal,
              {.key = "goal",
               .option = "--goal",
               .group = group,
               .help = fmt::format("constraints: {}", fmt::join(goal_names(), ", ")),
               .example = "min-energy",
               .otherwise = "weights",
               .check =
                   [](const RunSpec& s) {
                       if (!s.goal.empty()) find_goal(s.goal);
                   }}),
        field(&RunSpec::min_accuracy, {.key = "min_accuracy",
                                       .option = "--min-accuracy",
                                       .group = group,
                                       .help = "accuracies to be kept",
                                       .example = "0.85,0.9",
                                       .check = check_bounds}),
        field(&RunSpec::max_energy, {.key = "max_energy",
                                     .option = "--max-energy",
                                     .group = group,
                                     .help = "joules of the server for a segment, to be kept to",
                                     .example = "0.5,1",
                                     .check = check_bounds}),
        field(&RunSpec::max_power, {.key = "max_power",
                                    .option = "--max-power",
                                    .group = group,
                                    .help = "mean watts of the server, to be kept to",
                                    .example = "10,20",
                                    .check = check_bounds}),
        field(&RunSpec::deadline_ms,
              {.key = "deadline_ms",
               .option = "--deadline-ms",
               .group = group,
               .help = "deadlines from the end of a segment's capture to its results' delivery",
               .example = "30,60,120",
               .check = check_bounds}),
        field(&RunSpec::accuracies, {.key = "accuracies",
                                     .option = "--accuracies",
                                     .group = group,
                                     .help = "mean accuracies of the DNNs on other recordings, a "
                                             "dnn,score,accuracy CSV",
                                     .example = "mine.csv",
                                     .otherwise = "the shipped one"}),
    };
}

auto testbed_fields() {
    return std::array{
        field(&RunSpec::model, {.key = "model",
                                .option = "--model",
                                .group = kTestbed,
                                .help = "TorchScript file, or with --knob model one of NAME-m.pt, "
                                        "NAME-s.pt, NAME-n.pt",
                                .example = "mine.pt",
                                .otherwise = "shipped",
                                .excludes = "models"}),
        field(&RunSpec::models, {.key = "models",
                                 .option = "--models",
                                 .group = kTestbed,
                                 .help = "TorchScript files that --knob model chooses among, with "
                                         "the early exits that they have",
                                 .example = "one.pt,other.pt",
                                 .otherwise = "the sizes of --model",
                                 .excludes = "model"}),
        field(&RunSpec::sidecar, {.key = "sidecar",
                                  .option = "--sidecar",
                                  .group = kTestbed,
                                  .help = "the model's sidecar",
                                  .example = "mine.json",
                                  .otherwise = "NAME.json beside it"}),
        field(&RunSpec::device, {.key = "device",
                                 .option = "--device",
                                 .group = kTestbed,
                                 .help = "cpu or cuda:N",
                                 .example = "cuda:0",
                                 .check = check_device}),
        field(&RunSpec::link, {.key = "link",
                               .option = "--link",
                               .group = kTestbed,
                               .help = "uplink: Mbit/s, a Mahimahi trace, a seconds,mbps CSV or "
                                       "markov:A,B,SECONDS,SECONDS,SEED",
                               .example = "5",
                               .otherwise = "unlimited"}),
        field(&RunSpec::downlink, {.key = "downlink",
                                   .option = "--downlink",
                                   .group = kTestbed,
                                   .help = "the way back, written as --link",
                                   .example = "20",
                                   .otherwise = "unlimited"}),
        field(&RunSpec::slowdown, {.key = "slowdown",
                                   .option = "--slowdown",
                                   .group = kTestbed,
                                   .help = "times that the server is slower than its profile: a "
                                           "number, a seconds,slowdown CSV or markov:...",
                                   .example = "1.5",
                                   .otherwise = "1"}),
        field(&RunSpec::idle_power, {.key = "idle_power",
                                     .option = "--idle-power",
                                     .group = kTestbed,
                                     .help = "watts of the server while it has nothing to do: a "
                                             "number, a seconds,watts CSV or markov:...",
                                     .example = "30",
                                     .otherwise = "0"}),
        field(&RunSpec::environment,
              {.key = "environment",
               .option = "--environment",
               .group = kTestbed,
               .help =
                   fmt::format("contention on the server, its slowdown and idle power: {} "
                               "(NAME:SEED), a {} CSV or markov:...",
                               fmt::join(contention_names(), ", "), "seconds,slowdown,idle_ratio"),
               .example = "memory:2",
               .otherwise = "none"}),
        field(&RunSpec::series_end, {.key = "series_end",
                                     .option = "--series-end",
                                     .group = kTestbed,
                                     .help = "where an environment ends before a clip: repeat, or "
                                             "stop with an error",
                                     .example = "stop",
                                     .check = check_series_end}),
        field(&RunSpec::profile, {.key = "profile",
                                  .option = "--profile",
                                  .group = kTestbed,
                                  .help = "device profile: JSON (see `calibrate`), a CSV of DNNs' "
                                          "costs, or the name of a shipped one",
                                  .example = "laptop",
                                  .otherwise = "the shipped one"}),
        field(&RunSpec::score, {.key = "score",
                                .option = "--score",
                                .group = kTestbed,
                                .help = "accuracy against reference (the DNN's own) or labels",
                                .example = "labels",
                                .check = check_score}),
        field(&RunSpec::metric, {.key = "metric",
                                 .option = "--metric",
                                 .group = kTestbed,
                                 .help = "what savings are at equal values of: accuracy, or ap50, "
                                         "COCO's of all frames together",
                                 .example = "ap50",
                                 .check = check_metric}),
    };
}

auto report_fields() {
    return std::array{
        field(&RunSpec::warmup, {.key = "warmup",
                                 .option = "--warmup",
                                 .group = kResultsGroup,
                                 .help = "segments of each clip's start; those after it are the "
                                         "steady part, of which the table is",
                                 .example = "8",
                                 .otherwise = "the first tenth, at least 5",
                                 .range = Range{0, 1'000'000}}),
        field(&RunSpec::block, {.key = "block",
                                .option = "--block",
                                .group = kResultsGroup,
                                .help = "segments in a block of the bootstrap that intervals come "
                                        "from",
                                .example = "20",
                                .otherwise = "a fifth of the clip, at most 10",
                                .range = Range{1, 1'000'000}}),
        field(&RunSpec::seed, {.key = "seed",
                               .option = "--seed",
                               .group = kResultsGroup,
                               .help = "of the bootstrap's draws",
                               .example = "2",
                               .range = Range{0, 2'000'000'000}}),
        field(&RunSpec::lines, {.key = "lines",
                                .option = "--lines",
                                .group = kResultsGroup,
                                .help = "how a frontier runs between its points: straight, or "
                                        "pchip, as in MPEG's BD-rate",
                                .example = "pchip",
                                .check = check_lines}),
    };
}

template <std::size_t... n>
std::vector<Field> joined(std::array<Field, n>... parts) {
    static_assert((n + ...) == std::tuple_size_v<decltype(members(RunSpec{}))>,
                  "each member of RunSpec has one row in the table of fields");
    std::vector<Field> all;
    (all.insert(all.end(), parts.begin(), parts.end()), ...);
    return all;
}

}  // namespace

const std::vector<Field>& fields() {
    static const std::vector<Field> table = joined(
        adapted_fields(), goal_fields(), watched_fields(), testbed_fields(), report_fields());
    return table;
}

}  // namespace oneadapt
