#include "cli/app.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "cli/calibrate.hpp"
#include "cli/coco.hpp"
#include "cli/commands.hpp"
#include "cli/doctor.hpp"
#include "cli/init.hpp"
#include "cli/list.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/run.hpp"
#include "cli/shell_help.hpp"
#include "cli/show.hpp"
#include "cli/version.hpp"
#include "run/plan.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr const char* kFooter =
    "\nExamples:\n"
    "  oneadapt-sim                                        the default comparison\n"
    "  oneadapt-sim --task detect --knob qp,resolution --clip street.mp4 --fps native\n"
    "  oneadapt-sim --scheme oneadapt,static --weights 0.1,1,10 --out results/runs/mine\n"
    "  oneadapt-sim --link cellular.csv --scheme awstream --warmup 5\n"
    "  oneadapt-sim run results/runs/mine/manifest.json --out results/runs/again\n"
    "  oneadapt-sim record --trace box.trace && oneadapt-sim --trace box.trace --offline\n"
    "\nExit codes: 0 done, 1 bug or bad installation, 2 wrong usage, 3 bad input file,\n"
    "4 bad model, 5 bad trace or missing measurement, 6 cannot write, 130 interrupted.\n";

RunSpec spec_of(const RunOptions& options) {
    return changed(RunSpec{}, options.given);
}

}  // namespace

struct CommandLine::State {
    CLI::App app{
        "Trace-driven simulator for streaming DNN analytics: replays recorded clips under "
        "adaptation schemes and reports bandwidth, GPU and accuracy.",
        "oneadapt-sim"};
    RunOptions run;
    RunOptions again;
    std::filesystem::path spec;
    RunOptions record;
    RunOptions calibrate;
    RunOptions show;
    ShowOptions shown;
    std::filesystem::path calibrate_out;
    std::vector<std::filesystem::path> traces;
    std::vector<std::filesystem::path> folders;
    std::filesystem::path html;
    Explained explained;
    std::string table;
    std::string form;
    RunOptions exported;
    RunOptions coco;
    std::filesystem::path model;
    std::filesystem::path sidecar;
    ClipSpec clip;
    std::string device = "cpu";
    std::filesystem::path study;
    std::string shell;
    std::string command_line;
    std::function<int()> command;

    SweepOptions sweep;
    Execution sweeping;
    SubmitOptions submit;
    Execution submitting;

    void add_run_command();
    void add_sweep_command();
    void add_measuring_commands();
    void add_show_command();
    void add_report_commands();
    void add_export_commands();
    void add_looking_commands();
    void add_setup_commands();
};

void CommandLine::State::add_run_command() {
    CLI::App* running =
        app.add_subcommand("run", "run a spec, or what a results folder's manifest holds, again");
    running->add_option("SPEC", spec, "JSON, e.g. oneadapt-sim run results/runs/mine/manifest.json")
        ->required();
    add_run_options(*running, again);
    add_report_options(*running, again);
    running->footer(
        "\nSPEC is a manifest.json, or an object with fields such as\n"
        "  {\"task\": \"detect\", \"knobs\": [\"qp\"], \"values\": {\"qp\": [20, 30]},\n"
        "   \"schemes\": [\"oneadapt\"], \"settings\": {\"oneadapt\": {\"lr\": 0.05}}}\n"
        "Its paths are relative to the folder that the program is run in. An option beside SPEC\n"
        "overrides that field (--values and --set the knob or parameter that they name); defaults\n"
        "that depend on it follow. Options under Execution, --out and --json are never in SPEC.\n"
        "\nExample: oneadapt-sim run results/runs/detect-qp/manifest.json --out "
        "results/runs/again\n"
        "         oneadapt-sim run mine.json --scheme static --weights 1\n");
    running->callback([this] {
        command = [this] {
            return run_command(load_changed(spec, again.given), again.execution, command_line,
                               spec);
        };
    });
}

void CommandLine::State::add_sweep_command() {
    CLI::App* sweeps =
        app.add_subcommand("sweep", "run every cell of an experiment, and collect the results");
    add_sweep_options(*sweeps, sweep, sweeping);
    sweeps->footer(
        "\nSPEC is a base and axes; every combination is a cell, a run of its own:\n"
        "  {\"name\": \"links\", \"base\": {\"task\": \"detect\"},\n"
        "   \"axes\": [{\"link\": [1, 2, 5]}, {\"settings\": [{\"oneadapt\": {\"lr\": 0.05}},\n"
        "                                               {\"oneadapt\": {\"lr\": 0.5}}]}]}\n"
        "Cells whose results are there and whole are not played again, so that a sweep that was\n"
        "stopped goes on. A cell that fails is a row of cells.csv with its error.\n"
        "\nExample: oneadapt-sim sweep experiments/encoding.json --dry-run\n"
        "         parallel oneadapt-sim sweep links.json --shard {}/4 ::: 0 1 2 3\n"
        "         oneadapt-sim sweep links.json --collect\n");
    sweeps->callback(
        [this] { command = [this] { return sweep_command(sweep, sweeping, command_line); }; });

    CLI::App* submits = app.add_subcommand("submit", "hand a sweep to Slurm, in job arrays");
    add_submit_options(*submits, submit, submitting);
    submits->footer("\nExample: oneadapt-sim submit links.json --array 4 --time 1:00:00\n");
    submits->callback([this] { command = [this] { return submit_command(submit, submitting); }; });
}

void CommandLine::State::add_measuring_commands() {
    CLI::App* recording = app.add_subcommand(
        "record", "measure into the trace what a run with the same options measures");
    add_run_options(*recording, record);
    recording->footer("\nExample: oneadapt-sim record --knob qp,resolution --trace box.trace\n");
    recording->callback(
        [this] { command = [this] { return record_command(spec_of(record), record.execution); }; });

    CLI::App* merging = app.add_subcommand("merge", "merge traces into the first one");
    merging->add_option("TRACE", traces, "e.g. oneadapt-sim merge all.trace shard1.trace")
        ->required()
        ->expected(2, 100000);
    merging->callback([this] { command = [this] { return merge_command(traces); }; });

    CLI::App* calibrating =
        app.add_subcommand("calibrate", "measure this machine and write a device profile");
    add_run_options(*calibrating, calibrate);
    calibrating->add_option("FILE", calibrate_out, "e.g. oneadapt-sim calibrate mine.json")
        ->required();
    calibrating->callback([this] {
        command = [this] {
            return calibrate_command(spec_of(calibrate), calibrate.execution, calibrate_out);
        };
    });
}

void CommandLine::State::add_show_command() {
    CLI::App* showing = app.add_subcommand(
        "show", "draw a segment: the model's output, DNNGrad and what encoding changed");
    add_run_options(*showing, show);
    showing->add_option("--segment", shown.segment, "segment of the first clip, from 0")
        ->capture_default_str()
        ->check(not_negative);
    showing->add_option("--configuration", shown.configuration,
                        "e.g. --configuration qp=38; default: what --scheme plays at --weights, "
                        "else the reference");
    showing->add_flag("--acts", shown.acts,
                      "print what --scheme does in the segment, and when: camera, link and server");
    showing->add_option("--out", show.execution.out, "folder; default: results/runs/show-TASK")
        ->check(names_a_folder);
    showing->footer(
        "\nExample: oneadapt-sim show --clip street.mp4 --configuration qp=38\n"
        "         oneadapt-sim show --knob macroblock --scheme oneadapt --weights 1 --segment 5\n");
    showing->callback([this] {
        command = [this] { return show_command(spec_of(show), show.execution, shown); };
    });
}

void CommandLine::State::add_report_commands() {
    CLI::App* reporting = app.add_subcommand(
        "report", "write results folders as one HTML page to explore, which needs no network");
    reporting->add_option("FOLDER", folders, "e.g. oneadapt-sim report results/runs/detect-qp")
        ->required()
        ->expected(1, 100);
    reporting->add_option("--html", html, "the page, e.g. --html detect-qp.html")
        ->required()
        ->check(names_a_page);
    reporting->callback([this] { command = [this] { return report_command(folders, html); }; });

    CLI::App* explaining =
        app.add_subcommand("explain", "say why a scheme played what it did in a segment");
    explaining->add_option("FOLDER", folders, "e.g. oneadapt-sim explain results/runs/detect-qp")
        ->required()
        ->expected(1);
    explaining->add_option("--clip", explained.clip, "default: the first");
    explaining->add_option("--scheme", explained.scheme, "default: the first that adapts");
    explaining->add_option("--weight", explained.weight,
                           "default: the middle one of those that it was played at");
    explaining->add_option("--segment", explained.segment, "from 0")->check(not_negative);
    explaining->footer(
        "\nExample: oneadapt-sim explain results/runs/detect-qp --scheme oneadapt --segment 7\n");
    explaining->callback(
        [this] { command = [this] { return explain_command(folders.front(), explained); }; });
}

void CommandLine::State::add_export_commands() {
    CLI::App* exporting =
        app.add_subcommand("export", "write a results folder in a form that other tools read");
    exporting->add_option("FOLDER", folders, "e.g. oneadapt-sim export results/runs/detect-qp")
        ->required()
        ->expected(1);
    exporting->add_option("--as", form, "the form, see `list`")->required();
    exporting->add_option("--out", exported.execution.out, "folder to write into")->required();
    exporting
        ->add_option("--trace", exported.execution.trace,
                     "of --as coco: the store that the run is replayed from")
        ->capture_default_str();
    exporting->add_flag("--quiet", exported.execution.quiet, "print nothing but errors");
    exporting->footer(
        "\nExample: oneadapt-sim export results/runs/detect-qp --as compressai --out theirs\n");
    exporting->callback(
        [this] { command = [this] { return export_command(folders.front(), form, exported); }; });
    CLI::App* boxes = app.add_subcommand(
        "coco", "write what a run's users saw as COCO has results, and score it as COCO does");
    boxes->add_option("FOLDER", spec, "results folder, manifest or spec")->required();
    add_run_options(*boxes, coco);
    boxes->add_option("--out", coco.execution.out, "folder to write into")
        ->required()
        ->check(names_a_folder);
    boxes->footer(
        "\nIt replays the run from its trace.\n"
        "\nExample: oneadapt-sim coco results/runs/detect-qp --out boxes\n");
    boxes->callback([this] { command = [this] { return coco_command(spec, coco); }; });
    CLI::App* rating = app.add_subcommand(
        "bd-rate", "compare two summaries as CompressAI-Vision writes them, by MPEG's BD-rate");
    rating
        ->add_option("SUMMARY", folders,
                     "anchor and test, e.g. oneadapt-sim bd-rate theirs/static theirs/oneadapt")
        ->required()
        ->expected(2);
    rating->callback(
        [this] { command = [this] { return bd_rate_command(folders.front(), folders.back()); }; });
}

void CommandLine::State::add_looking_commands() {
    CLI::App* list =
        app.add_subcommand("list", "print the tables of tasks, knobs, codecs and schemes");
    list->add_option("TABLE", table, "one of them alone, e.g. oneadapt-sim list schemes");
    list->callback([this] {
        command = [this] {
            fmt::print("{}", list_text(table));
            return 0;
        };
    });
    app.add_subcommand("doctor", "check codecs, BLAS, LibTorch, devices and models")
        ->callback([this] { command = [] { return doctor_command(); }; });
    CLI::App* models = app.add_subcommand("model", "look at a model");
    models->require_subcommand(1);
    CLI::App* check =
        models->add_subcommand("check", "try a model on a frame and say what is wrong with it");
    check->add_option("FILE", model, "e.g. oneadapt-sim model check mine.pt")->required();
    check->add_option("--sidecar", sidecar, "default: NAME.json beside it");
    check->add_option("--device", device, "cpu or cuda:N")->capture_default_str();
    check->add_option("--clip", clip.file,
                      "take the first frame of this clip; default: a drawn frame");
    add_point_options(*check, clip.points, "Point clouds");
    check->callback(
        [this] { command = [this] { return model_check_command(model, sidecar, device, clip); }; });
}

void CommandLine::State::add_setup_commands() {
    CLI::App* init = app.add_subcommand("init", "lay out a study in a new folder");
    init->add_option("FOLDER", study, "e.g. oneadapt-sim init mine")->required();
    init->callback([this] { command = [this] { return init_command(study); }; });
    CLI::App* completion =
        app.add_subcommand("completion", "print the script that completes commands in a shell");
    completion->add_option("SHELL", shell, "bash, zsh or fish")->required();
    completion->callback([this] {
        command = [this] {
            fmt::print("{}", completion_text(app, shell));
            return 0;
        };
    });
    app.add_subcommand("manual", "print the manual page")->callback([this] {
        command = [this] {
            fmt::print("{}", manual_text(app));
            return 0;
        };
    });
}

CommandLine::CommandLine() : state_(std::make_unique<State>()) {
    State& s = *state_;
    s.app.set_version_flag("--version", fmt::format("oneadapt-sim {} ({})", kVersion, kCommit));
    s.app.footer(kFooter);
    s.app.require_subcommand(0, 1);
    add_run_options(s.app, s.run);
    add_report_options(s.app, s.run);
    s.command = [&s] { return run_command(spec_of(s.run), s.run.execution, s.command_line); };
    s.add_run_command();
    s.add_sweep_command();
    s.add_measuring_commands();
    s.add_show_command();
    s.add_report_commands();
    s.add_export_commands();
    s.add_looking_commands();
    s.add_setup_commands();
}

CommandLine::~CommandLine() = default;

int CommandLine::run(int argc, char** argv) {
    state_->command_line = fmt::format("{}", fmt::join(argv, argv + argc, " "));
    for (int i = 1; i < argc; ++i) {  // which would take the next argument as its value
        const std::string_view given = argv[i];
        if (given.starts_with("--") && given.ends_with('=') &&
            given.find('=') + 1 == given.size()) {
            throw UsageError(argv[i], "has no value", "write one behind the =, or leave it out");
        }
    }
    try {
        state_->app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
        return state_->app.exit(success);
    } catch (const CLI::ParseError& error) {
        throw UsageError("command line", error.what(), "see oneadapt-sim --help");
    }
    return state_->command();
}

}  // namespace oneadapt
