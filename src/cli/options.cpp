#include "cli/options.hpp"

#include <charconv>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

namespace oneadapt {
namespace {

std::string help_of(const Field& field) {
    std::string text = fmt::format("{}, e.g. {} {}", field.help, field.option, field.example);
    if (!field.otherwise.empty()) text += "; default: " + field.otherwise;
    return text;
}

void add_field(CLI::App& app, const Field& field, GivenTexts& given) {
    CLI::Option* option = app.add_option(
        field.option,
        [&given, key = field.key](const CLI::results_t& texts) {
            given[key] = texts;
            return true;
        },
        help_of(field));
    option->group(field.group)->type_name(field.type)->allow_extra_args(false);
    option->default_str(fmt::format("{}", fmt::join(field.texts(RunSpec{}), ",")));
    if (field.often == Often::list) option->delimiter(',');
    if (field.often != Often::once) option->expected(1, CLI::detail::expected_max_vector_size);
}

/// The fields of the group "Results", or all others.
void add_fields(CLI::App& app, GivenTexts& given, bool results) {
    for (const Field& field : fields()) {
        if ((field.group == kResultsGroup) == results) add_field(app, field, given);
    }
    for (const Field& field : fields()) {
        const Field* other = find_field(field.excludes);
        if (other == nullptr || (field.group == kResultsGroup) != results) continue;
        app.get_option(field.option)->excludes(other->option);
    }
}

void add_execution(CLI::App& app, Execution& execution) {
    const std::string group = "Execution";
    app.add_option("--trace", execution.trace, "store of measurements, made when missing")
        ->capture_default_str()
        ->group(group);
    app.add_flag("--offline", execution.offline,
                 "replay from the trace alone, no media, codec or DNN")
        ->group(group);
    app.add_option("--jobs", execution.jobs, "worker threads; default: one per core")
        ->check(CLI::Range(1, 1024))
        ->group(group);
    app.add_flag("--quiet", execution.quiet, "print nothing but errors")->group(group);
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
        ->check(positive)
        ->group(group);
}

std::string not_negative(const std::string& text) {
    return text.starts_with('-') ? fmt::format("is {}; give 0 or more", text) : std::string();
}

std::string positive(const std::string& text) {
    double number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number > 0) return {};
    return fmt::format("is {}; give more than 0", text);
}

void add_run_options(CLI::App& app, RunOptions& options) {
    add_fields(app, options.given, false);
    add_execution(app, options.execution);
}

void add_report_options(CLI::App& app, RunOptions& options) {
    app.add_option("--out", options.execution.out,
                   "results folder, e.g. --out results/runs/mine; default: "
                   "results/runs/TASK-KNOBS")
        ->check(names_a_folder)
        ->group(kResultsGroup);
    add_fields(app, options.given, true);
    app.add_flag("--json", options.execution.json, "print each row of the tables as a line of JSON")
        ->group(kResultsGroup);
}

void add_sweep_options(CLI::App& app, SweepOptions& options, Execution& execution) {
    app.add_option("SPEC", options.spec, "an experiment (JSON)")->required();
    CLI::Option* shard =
        app.add_option(
               "--shard", options.shard,
               "INDEX/COUNT: play only every COUNT-th cell, from that INDEX on, and collect "
               "nothing")
            ->capture_default_str();
    app.add_flag(
        "--resume", options.go_on,
        "go on in the folder of an experiment that has changed since, with what both have");
    CLI::Option* dry =
        app.add_flag("--dry-run", options.dry,
                     "print the cells, what the trace lacks, and what it takes to measure it");
    CLI::Option* record =
        app.add_flag("--record", options.record, "measure into the trace, write no results");
    app.add_flag("--collect", options.collect, "play nothing, write the tables over what is there")
        ->excludes(shard)
        ->excludes(dry)
        ->excludes(record);
    app.add_option("--out", execution.out,
                   "folder, e.g. --out results/runs/links; default: results/runs/NAME")
        ->check(names_a_folder);
    app.add_flag("--json", execution.json, "print a line of JSON for each cell");
    add_execution(app, execution);
}

void add_submit_options(CLI::App& app, SubmitOptions& options, Execution& execution) {
    app.add_option("SPEC", options.spec, "an experiment (JSON), see `sweep`")->required();
    app.add_option("--array", options.shards, "tasks of each job array, e.g. --array 4")
        ->required()
        ->check(CLI::Range(1, 100'000));
    app.add_option("--cpus", options.cpus, "processors of each task")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    app.add_option("--partition", options.partition, "passed on to sbatch")->check(is_for_sbatch);
    app.add_option("--time", options.time, "passed on to sbatch, e.g. --time 2:00:00")
        ->check(is_for_sbatch);
    app.add_option("--account", options.account, "passed on to sbatch")->check(is_for_sbatch);
    app.add_flag("--dry-run", options.dry, "write the scripts, and submit nothing");
    app.add_option("--out", execution.out, "folder of the results; default: results/runs/NAME")
        ->check(names_a_folder);
    app.add_option("--trace", execution.trace, "store that the shards' traces are merged into")
        ->capture_default_str();
}

std::string is_for_sbatch(const std::string& text) {
    const bool plain = !text.empty() && text.find_first_of("\n\r\"\\") == std::string::npos;
    return plain ? "" : "must be some text on one line, without quotes";
}

std::string names_a_page(const std::string& text) {
    const std::string ending = std::filesystem::path(text).extension().string();
    return ending == ".html" || ending == ".htm" ? "" : "needs a name that ends with .html";
}

std::string names_a_folder(const std::string& text) {
    return text.empty() ? "needs the name of a folder" : "";
}

}  // namespace oneadapt
