#include "cli/run.hpp"

#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "report/results.hpp"
#include "report/table.hpp"
#include "run/lookup.hpp"
#include "run/manifest.hpp"
#include "schemes/scheme.hpp"
#include "support/console.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What the printed table shows savings against.
std::vector<std::string> baselines() {
    std::vector<std::string> names;
    for (const SchemeKind& kind : scheme_table()) {
        if (kind.baseline) names.push_back(kind.name);
    }
    return names;
}

/// `spec` is resolved.
std::filesystem::path out_folder(const RunSpec& spec, const Execution& execution) {
    if (!execution.out.empty()) return execution.out;
    std::string name = spec.task;
    if (spec.input != find_task(spec.task).inputs.front().media) name += "-" + spec.input;
    return std::filesystem::path("results/runs") /
           fmt::format("{}-{}", name, fmt::join(spec.knobs, "-"));
}

/// Results replace their folder as a whole, and know a folder of theirs by what is in it.
void check_apart(const std::filesystem::path& out, const std::filesystem::path& trace) {
    std::error_code ignored;  // who opens them says what is wrong with them
    const auto inside = std::filesystem::weakly_canonical(trace, ignored)
                            .lexically_relative(std::filesystem::weakly_canonical(out, ignored));
    if (inside.empty() || *inside.begin() == "..") return;
    throw UsageError(fmt::format("--trace {}", trace.string()), "lies in the folder of the results",
                     "name one outside it: results replace their folder as a whole");
}

ReplayOutcome play(Session& session, bool quiet) {
    ProgressLine line("plays", quiet);
    const ReplayProgress progress{[&](std::int64_t n) { line.expect(n); },
                                  [&](std::int64_t n) { line.done(n); },
                                  [&](const std::string& text) { line.note(text); }};
    return replay(session.plan, *session.trace, progress);
}

int report_failures(const ReplayOutcome& outcome) {
    for (const ReplayFailure& failure : outcome.failures) {
        tell(fmt::format("oneadapt-sim: clip '{}', {}: {}\n", failure.clip,
                         fmt::join(failure.schemes, ", "), failure.message));
    }
    return static_cast<int>(outcome.failures.empty() ? ExitCode::ok
                                                     : outcome.failures.front().code);
}

}  // namespace

nlohmann::json program_json(const std::string& command_line) {
    return {{"version", kVersion}, {"commit", kCommit}, {"command_line", command_line}};
}

int run_command(const RunSpec& spec, const Execution& execution, const std::string& command_line,
                const std::filesystem::path& from) {
    const Clock::time_point start = Clock::now();
    const std::filesystem::path out = out_folder(resolve(spec), execution);
    check_writable(out);
    check_apart(out, execution.trace);
    Execution with_files = execution;
    if (!from.empty()) with_files.files = files_of_manifest(from);
    Session session = open_drawn_session(spec, with_files);
    const UsedFiles files = used_files(session);
    check_unchanged(from, with_files.files, files);
    if (!execution.quiet) {
        for (const std::string& reason : left_out(spec)) {
            tell(fmt::format("oneadapt-sim: left out: {}\n", reason));
        }
    }
    const ReplayOutcome outcome = play(session, execution.quiet);

    ResultOptions result_options;
    result_options.report = report_options(session.spec);
    result_options.manifest = describe(session, files, outcome.failures);
    result_options.manifest.update(program_json(command_line));
    result_options.manifest["wall_seconds"] = seconds_since(start);
    const Report report = write_results(out, outcome.result, result_options);
    if (execution.json) {
        fmt::print("{}", json_lines(report));
    } else if (!execution.quiet) {
        if (!report.settings.empty()) {
            const Part part = part_of_tables(report);
            fmt::print("{}\n", settings_text(setting_means(report.settings, part), part,
                                             find_yardstick(Yardstick::setting).name));
        }
        const Resource saved = session.spec.weight_gpu > 0.5 ? Resource::gpu : Resource::bandwidth;
        const std::vector<std::string> short_clips = clips_without_steady_part(report);
        if (!short_clips.empty()) {
            tell(
                fmt::format("oneadapt-sim: no longer than their start, and not in the part after "
                            "it: {} (--warmup)\n",
                            fmt::join(short_clips, ", ")));
        }
        for (const std::string& clip :
             report.settings.empty() ? clips_of_tables(report) : std::vector<std::string>()) {
            const TableOptions table{clip, part_of_tables(report), baselines(), saved};
            fmt::print("{}\n", table_text(report, table));
        }
        fmt::print("results in {} ({:.1f} s)\n", out.string(), seconds_since(start));
    }
    return report_failures(outcome);
}

int record_command(const RunSpec& spec, const Execution& execution) {
    Session session = open_drawn_session(spec, execution);
    if (session.plan.offline) {
        throw UsageError("record --offline", "would measure nothing", "leave --offline out");
    }
    const std::int64_t before = session.trace->size();
    const ReplayOutcome outcome = play(session, execution.quiet);
    if (!execution.quiet) {
        fmt::print("{} measurements added, {} in {}\n", session.trace->size() - before,
                   session.trace->size(), execution.trace.string());
    }
    return report_failures(outcome);
}

}  // namespace oneadapt
