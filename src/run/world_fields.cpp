#include "run/field_groups.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "media/point_layout.hpp"
#include "run/field_row.hpp"
#include "run/lookup.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"
#include "testbed/contention.hpp"

/// What is watched, with what, and how it is told.
namespace oneadapt {
namespace {

using field_row::field;
using field_row::names_of;

const std::string kWatched = "What is watched";
const std::string kTestbed = "DNN and testbed";

/// How a device is written; whether there is such a one is known when something must be measured.
void check_device(const RunSpec& spec) {
    std::string_view number = spec.device;
    if (number == "cpu" || number == "cuda") return;
    const bool cuda = number.starts_with("cuda:");
    if (cuda) number.remove_prefix(5);
    if (cuda && number_in<int>(number).value_or(-1) >= 0) return;
    throw UsageError("--device " + spec.device, "is no device", "choose from cpu, cuda, cuda:N");
}

/// Whether the member is one of a few words.
std::function<void(const RunSpec&)> among(const char* option, std::string RunSpec::*member,
                                          std::vector<std::string> words) {
    return [option, member, words = std::move(words)](const RunSpec& spec) {
        const std::string& word = spec.*member;
        if (std::ranges::find(words, word) != words.end()) return;
        throw UsageError(fmt::format("{} {}", option, word), "is unknown",
                         fmt::format("choose from {}", fmt::join(words, ", ")));
    };
}

/// What savings are at equal values of: the task's accuracy, or COCO's AP50 of all frames together.
void check_metric(const RunSpec& spec) {
    among("--metric", &RunSpec::metric, {"accuracy", "ap50"})(spec);
    if (spec.metric == "ap50" && !find_task(spec.task).boxes) {
        throw UsageError("--metric ap50", "is for tasks whose DNN says boxes",
                         "leave it out for the task " + spec.task);
    }
}

}  // namespace

std::array<Field, 11> watched_fields() {
    return {
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
                                       .choices = names_of(point_layouts()),
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
                                .choices = names_of(codec_table()),
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

std::array<Field, 13> testbed_fields() {
    return {
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
               .otherwise = "none",
               .choices = contention_names()}),
        field(&RunSpec::series_end,
              {.key = "series_end",
               .option = "--series-end",
               .group = kTestbed,
               .help = "where an environment ends before a clip: repeat, or "
                       "stop with an error",
               .example = "stop",
               .choices = {"repeat", "stop"},
               .check = among("--series-end", &RunSpec::series_end, {"repeat", "stop"})}),
        field(&RunSpec::profile, {.key = "profile",
                                  .option = "--profile",
                                  .group = kTestbed,
                                  .help = "device profile: JSON (see `calibrate`), a CSV of DNNs' "
                                          "costs, or the name of a shipped one",
                                  .example = "laptop",
                                  .otherwise = "the shipped one"}),
        field(&RunSpec::score,
              {.key = "score",
               .option = "--score",
               .group = kTestbed,
               .help = "accuracy against reference (the DNN's own) or labels",
               .example = "labels",
               .choices = {"reference", "labels"},
               .check = among("--score", &RunSpec::score, {"reference", "labels"})}),
        field(&RunSpec::metric, {.key = "metric",
                                 .option = "--metric",
                                 .group = kTestbed,
                                 .help = "what savings are at equal values of: accuracy, or ap50, "
                                         "COCO's of all frames together",
                                 .example = "ap50",
                                 .choices = {"accuracy", "ap50"},
                                 .check = check_metric}),
    };
}

std::array<Field, 4> report_fields() {
    return {
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
        field(&RunSpec::lines,
              {.key = "lines",
               .option = "--lines",
               .group = kResultsGroup,
               .help = "how a frontier runs between its points: straight; pchip, as in MPEG's "
                       "BD-rate; hull, straight between those of its convex hull; auto: straight, "
                       "of several knobs hull",
               .example = "pchip",
               .choices = {"auto", "straight", "pchip", "hull"},
               .check = among("--lines", &RunSpec::lines, {"auto", "straight", "pchip", "hull"})}),
    };
}

}  // namespace oneadapt
