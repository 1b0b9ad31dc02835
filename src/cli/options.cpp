#include "cli/options.hpp"

#include <cmath>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "knobs/configuration.hpp"

namespace oneadapt {
namespace {

void list_option(CLI::App& app, const std::string& name, std::vector<std::string>& into,
                 const std::string& help, const std::string& group) {
    app.add_option(name, into, help)->delimiter(',')->allow_extra_args(false)->group(group);
}

void repeated_option(CLI::App& app, const std::string& name, std::vector<std::string>& into,
                     const std::string& help, const std::string& group) {
    app.add_option(name, into, help)->allow_extra_args(false)->group(group);
}

void add_adaptation(CLI::App& app, RunOptions& o) {
    const std::string group = "What is adapted";
    app.add_option("--task", o.task, "analytic task, e.g. --task detect")
        ->capture_default_str()
        ->group(group);
    app.add_option("--input", o.input,
                   "medium, e.g. --input video (see `list`); default: the task's first")
        ->group(group);
    list_option(app, "--knob", o.knobs,
                "knobs, e.g. --knob qp,resolution; default: qp, or what else the input has", group);
    repeated_option(app, "--values", o.values,
                    "a knob's values, most expensive first, e.g. --values qp=20,30,40", group);
    list_option(app, "--scheme", o.schemes,
                "schemes, e.g. --scheme oneadapt,static; default: all of them", group);
    repeated_option(app, "--set", o.settings,
                    "a scheme's parameter, e.g. --set oneadapt.lr=0.05 (see `list`)", group);
    list_option(app, "--weights", o.weights,
                "prices in accuracy, e.g. --weights 0.1,1,10; default: nine, log-spaced "
                "from 0.02 to 100",
                group);
    app.add_option("--weight-gpu", o.gpu_share,
                   "share of GPU work in what is priced, bandwidth being the rest, e.g. "
                   "--weight-gpu 1 for GPU work alone")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.0))
        ->group(group);
}

void add_input(CLI::App& app, RunOptions& o) {
    const std::string group = "What is watched";
    app.add_option("--clip", o.clips, "a recorded clip, may be repeated, e.g. --clip street.mp4")
        ->allow_extra_args(false)
        ->group(group);
    app.add_option("--dataset", o.dataset,
                   "a manifest of clips, e.g. --dataset mine.json; default: the embedded one")
        ->excludes("--clip")
        ->group(group);
    app.add_option("--fps", o.fps,
                   "analysis rate, or native for every frame, e.g. --fps native; default: 10, "
                   "sound 0.25")
        ->group(group);
    app.add_option("--segment-frames", o.segment_frames,
                   "frames per segment, e.g. --segment-frames 5; default: 10, sound 1")
        ->check(CLI::Range(1, 10000))
        ->group(group);
    app.add_option("--size", o.size, "analysis size, e.g. --size 960x512; default: the clip's")
        ->group(group);
    app.add_option("--start", o.start_s, "seconds to skip, e.g. --start 10")
        ->check(CLI::Range(0.0, 1e9))
        ->group(group);
    app.add_option("--duration", o.duration_s, "seconds to read, e.g. --duration 30")
        ->check(CLI::Range(1e-3, 1e9))
        ->group(group);
    add_point_options(app, o.points, group);
    app.add_option("--codec", o.codec,
                   "e.g. --codec h265 (see `list`); default: the first that obeys the knobs")
        ->group(group);
    app.add_option("--preset", o.preset,
                   "encoder preset, e.g. --preset veryfast; default: the codec's")
        ->group(group);
}

void add_dnn(CLI::App& app, RunOptions& o) {
    const std::string group = "DNN and testbed";
    app.add_option("--model", o.model,
                   "TorchScript file, e.g. --model mine.pt, or with --knob model one of NAME-m.pt, "
                   "NAME-s.pt, NAME-n.pt; default: shipped")
        ->group(group);
    app.add_option("--sidecar", o.sidecar, "the model's sidecar; default: NAME.json beside it")
        ->group(group);
    app.add_option("--device", o.device, "cpu or cuda:N")->capture_default_str()->group(group);
    app.add_option(
           "--link", o.link,
           "uplink: Mbit/s, a Mahimahi trace or a seconds,mbps CSV, e.g. --link 5; default: "
           "unlimited")
        ->group(group);
    app.add_option("--profile", o.profile,
                   "device profile (JSON, see `calibrate`); default: the shipped one")
        ->group(group);
    app.add_option("--score", o.score, "accuracy against reference (the DNN's own) or labels")
        ->capture_default_str()
        ->check(CLI::IsMember({"reference", "labels"}))
        ->group(group);
}

void add_execution(CLI::App& app, RunOptions& o) {
    const std::string group = "Execution";
    app.add_option("--trace", o.trace, "store of measurements, made when missing")
        ->capture_default_str()
        ->group(group);
    app.add_flag("--offline", o.offline, "replay from the trace alone, no media, codec or DNN")
        ->group(group);
    app.add_option("--jobs", o.jobs, "worker threads; default: one per core")
        ->check(CLI::Range(1, 1024))
        ->group(group);
    app.add_flag("--quiet", o.quiet, "print nothing but errors")->group(group);
}

}  // namespace

void add_point_options(CLI::App& app, PointForm& points, const std::string& group) {
    app.add_option("--point-layout", points.layout,
                   "what a point of a .bin sweep is, e.g. --point-layout xyzir; default: xyzi, if "
                   "that makes sense")
        ->group(group);
    app.add_option("--intensity-max", points.brightest,
                   "intensity of points that counts as 1, e.g. --intensity-max 255; default: found "
                   "out")
        ->check(CLI::PositiveNumber)
        ->group(group);
}

void add_run_options(CLI::App& app, RunOptions& options) {
    add_adaptation(app, options);
    add_input(app, options);
    add_dnn(app, options);
    add_execution(app, options);
}

void add_report_options(CLI::App& app, RunOptions& options) {
    const std::string group = "Results";
    app.add_option("--out", options.out,
                   "results folder, e.g. --out results/runs/mine; default: "
                   "results/runs/TASK-KNOBS")
        ->group(group);
    app.add_option("--warmup", options.warmup, "segments of each clip left out of the means")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000))
        ->group(group);
    app.add_flag("--json", options.json, "print the summary as JSON instead of a table")
        ->group(group);
}

std::vector<double> default_weights() {
    constexpr int kCount = 9;
    constexpr double kLowest = 0.02;
    constexpr double kHighest = 100.0;
    std::vector<double> weights;
    for (int i = 0; i < kCount; ++i) {
        const double exact = kLowest * std::pow(kHighest / kLowest, i / (kCount - 1.0));
        weights.push_back(parse_number(fmt::format("{:.3g}", exact), "weight"));
    }
    return weights;
}

}  // namespace oneadapt
