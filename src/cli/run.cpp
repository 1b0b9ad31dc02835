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
#include "run/manifest.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// `spec` is resolved.
std::filesystem::path out_folder(const RunSpec& spec, const Execution& execution) {
    if (!execution.out.empty()) return execution.out;
    std::string name = spec.task;
    if (spec.input != find_task(spec.task).inputs.front().media) name += "-" + spec.input;
    return std::filesystem::path("results/runs") /
           fmt::format("{}-{}", name, fmt::join(spec.knobs, "-"));
}

ReplayOutcome play(Session& session, bool quiet) {
    ProgressLine line("plays", quiet);
    const ReplayProgress progress{[&](std::int64_t n) { line.expect(n); },
                                  [&](std::int64_t n) { line.done(n); }};
    return replay(session.plan, *session.trace, progress);
}

int report_failures(const ReplayOutcome& outcome) {
    for (const ClipFailure& failure : outcome.failures) {
        fmt::print(stderr, "oneadapt-sim: clip '{}' failed: {}\n", failure.clip, failure.message);
    }
    return static_cast<int>(outcome.failures.empty() ? ExitCode::ok : ExitCode::input);
}

}  // namespace

int run_command(const RunSpec& spec, const Execution& execution, const std::string& command_line) {
    const Clock::time_point start = Clock::now();
    const std::filesystem::path out = out_folder(resolve(spec), execution);
    check_writable(out);
    Session session = open_drawn_session(spec, execution);
    const ReplayOutcome outcome = play(session, execution.quiet);

    ResultOptions result_options;
    result_options.warmup = session.spec.warmup;
    result_options.manifest = describe(session);
    result_options.manifest["version"] = kVersion;
    result_options.manifest["commit"] = kCommit;
    result_options.manifest["command_line"] = command_line;
    result_options.manifest["wall_seconds"] = seconds_since(start);
    const Report report = write_results(out, outcome.result, result_options);
    if (execution.json) {
        fmt::print("{}\n", to_json(report).dump(2));
    } else if (!execution.quiet) {
        fmt::print("{}",
                   table_text(report, {all_clips,
                                       {"awstream", "chameleon", "static", "pixel-difference"},
                                       session.spec.weight_gpu > 0.5 ? Resource::gpu
                                                                     : Resource::bandwidth}));
        fmt::print("\nresults in {} ({:.1f} s)\n", out.string(), seconds_since(start));
    }
    return report_failures(outcome);
}

int record_command(const RunSpec& spec, const Execution& execution) {
    RunSpec what = spec;
    if (what.schemes.empty()) what.schemes = {"static"};
    Session session = open_drawn_session(what, execution);
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
