#include "cli/run.hpp"

#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "report/results.hpp"
#include "report/table.hpp"
#include "support/console.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::filesystem::path out_folder(const RunOptions& options) {
    if (!options.out.empty()) return options.out;
    std::string name = options.task;
    if (options.input != find_task(options.task).inputs.front().media) name += "-" + options.input;
    return std::filesystem::path("results/runs") /
           fmt::format("{}-{}", name, fmt::join(options.knobs, "-"));
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
                                  [&](std::int64_t n) { line.done(n); }};
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

int run_command(const RunOptions& given, const std::string& command_line) {
    const Clock::time_point start = Clock::now();
    const RunOptions options = resolve(given);
    const std::filesystem::path out = out_folder(options);
    check_writable(out);
    check_apart(out, options.trace);
    Session session = open_session(options);
    const ReplayOutcome outcome = play(session, options.quiet);

    ResultOptions result_options;
    result_options.warmup = options.warmup;
    result_options.manifest = describe(session, options);
    result_options.manifest["command_line"] = command_line;
    result_options.manifest["wall_seconds"] = seconds_since(start);
    const Report report = write_results(out, outcome.result, result_options);
    if (options.json) {
        fmt::print("{}\n", to_json(report).dump(2));
    } else if (!options.quiet) {
        fmt::print(
            "{}",
            table_text(report, {all_clips,
                                {"awstream", "chameleon", "static", "pixel-difference"},
                                options.gpu_share > 0.5 ? Resource::gpu : Resource::bandwidth}));
        fmt::print("\nresults in {} ({:.1f} s)\n", out.string(), seconds_since(start));
    }
    return report_failures(outcome);
}

int record_command(const RunOptions& options) {
    RunOptions what = options;
    if (what.schemes.empty()) what.schemes = {"static"};
    Session session = open_session(what);
    if (session.plan.offline) {
        throw UsageError("record --offline", "would measure nothing", "leave --offline out");
    }
    const std::int64_t before = session.trace->size();
    const ReplayOutcome outcome = play(session, options.quiet);
    if (!options.quiet) {
        fmt::print("{} measurements added, {} in {}\n", session.trace->size() - before,
                   session.trace->size(), options.trace.string());
    }
    return report_failures(outcome);
}

}  // namespace oneadapt
