#include "cli/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <asio/thread_pool.hpp>
#include <nlohmann/json.hpp>

#include "cli/clips.hpp"
#include "cli/progress.hpp"
#include "cli/run.hpp"
#include "cli/shard.hpp"
#include "cli/sweep_forecast.hpp"
#include "report/results.hpp"
#include "run/experiment.hpp"
#include "run/manifest.hpp"
#include "run/sweep.hpp"
#include "run/sweep_folder.hpp"
#include "sim/task_pool.hpp"
#include "support/console.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// Runs that are played together: more share more, and their results wait in memory together.
constexpr std::size_t kLargestLot = 8;

/// What became of a cell that was not skipped.
struct Played {
    std::string cell;
    std::vector<std::string> failures = {};
    ExitCode code = ExitCode::ok;
};

/// Plays lots of cells and writes their results.
class Sweep {
  public:
    Sweep(const SweepOptions& options, const Execution& execution, const std::string& command_line,
          const Experiment& experiment, std::filesystem::path out)
        : options_(options),
          execution_(execution),
          command_line_(command_line),
          folder_(std::move(out), experiment),
          line_("cells", execution.quiet) {}

    const SweepFolder& folder() const { return folder_; }
    const std::vector<Played>& played() const { return played_; }
    std::size_t skipped() const { return skipped_; }

    void play(const std::vector<Cell>& cells) {
        line_.expect(static_cast<std::int64_t>(cells.size()));
        for (const std::vector<Cell>& lot : lots(cells, kLargestLot)) {
            check_interrupt();
            play_lot(lot);
        }
    }

  private:
    /// A fault of a cell is its own; a full disk and Ctrl-C are everyone's.
    template <class Work>
    void guarded(const Cell& cell, const Work& work) {
        try {
            work();
        } catch (const OutputError&) {
            throw;
        } catch (const Interrupted&) {
            throw;
        } catch (const Error& error) {
            fail(cell, error);
        }
    }

    /// Opens what is to be played of a lot, plays it, and writes it.
    void play_lot(const std::vector<Cell>& lot) {
        std::vector<Cell> cells;
        std::vector<Session> sessions;
        for (const Cell& cell : lot) {
            guarded(cell, [&] {
                Session session = open_session(cell.spec, execution_, shared_);
                if (!options_.record && folder_.finished(cell, session)) {
                    ++skipped_;
                    line_.done(1);
                    return;
                }
                sessions.push_back(std::move(session));
                cells.push_back(cell);
            });
        }
        if (sessions.empty()) return;
        if (sessions.size() > 1) {
            try {
                play_together(cells, sessions);
                return;
            } catch (const OutputError&) {
                throw;
            } catch (const Interrupted&) {
                throw;
            } catch (const Error&) {  // of one of them, or of all: played apart, below
            }
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            guarded(cells[i], [&] { play_together({cells[i]}, {sessions[i]}); });
        }
    }

    void play_together(const std::vector<Cell>& cells, const std::vector<Session>& sessions) {
        const auto start = std::chrono::steady_clock::now();
        const Session& first = sessions.front();
        if (!execution_.offline) draw_missing_clips(first.plan.clips, execution_.quiet);
        const UsedFiles files = used_files(first);
        const ReplayProgress silent{[](std::int64_t) {}, [](std::int64_t) {}};
        const std::vector<ReplayOutcome> outcomes =
            replay_together(joined(sessions), sessions.size(), *first.trace, silent);
        asio::thread_pool writers(static_cast<std::size_t>(first.execution.jobs));
        Batch batch(writers);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            batch.add([&, i] {
                nlohmann::json manifest = describe(sessions[i], files, outcomes[i].failures);
                const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
                manifest["wall_seconds"] = took.count();
                manifest["played_together"] = cells.size();
                write(cells[i], outcomes[i].result, manifest, report_options(sessions[i].spec));
                told(cells[i], outcomes[i].failures);
            });
        }
        batch.wait();
    }

    void write(const Cell& cell, const RunResult& result, nlohmann::json manifest,
               const ReportOptions& report) const {
        if (options_.record) return;
        manifest.update(program_json(command_line_));
        manifest["cell"] = cell.id;
        manifest["spec_hash"] = spec_hash_of(cell).hex();
        write_results(folder_.of(cell), result,
                      {.report = report, .manifest = std::move(manifest)});
    }

    void told(const Cell& cell, const std::vector<ReplayFailure>& failures) {
        Played played{.cell = cell.id};
        for (const ReplayFailure& failure : failures) {
            if (played.failures.empty()) played.code = failure.code;
            played.failures.push_back(fmt::format("clip '{}': {}", failure.clip, failure.message));
        }
        add(std::move(played));
    }

    /// Nothing of the cell could be played.
    void fail(const Cell& cell, const Error& error) {
        const nlohmann::json manifest = {{"spec", to_json(cell.spec)},
                                         {"failures", {error.what()}}};
        write(cell, {}, manifest, {});
        add({.cell = cell.id, .failures = {error.what()}, .code = error.code()});
    }

    void add(Played played) {
        const std::lock_guard lock(mutex_);
        for (const std::string& failure : played.failures) {
            line_.note(fmt::format("cell '{}': {}", played.cell, failure));
        }
        played_.push_back(std::move(played));
        line_.done(1);
    }

    const SweepOptions& options_;
    const Execution& execution_;
    const std::string& command_line_;
    const SweepFolder folder_;
    ProgressLine line_;
    Shared shared_;
    std::size_t skipped_ = 0;
    std::mutex mutex_;  ///< guards what follows
    std::vector<Played> played_;
};

/// One object a line, see docs/using.md.
void print_cells(const SweepFolder& folder, const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) {
        const CellState state = folder.state(cell);
        fmt::print("{}\n", nlohmann::json{{"table", "cells"},
                                          {"cell", cell.id},
                                          {"point", cell.point},
                                          {"status", state.status},
                                          {"folder", folder.of(cell).string()}}
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
}

/// How many cells have no results in the folder.
std::size_t missing(const SweepFolder& folder, const std::vector<Cell>& cells) {
    return static_cast<std::size_t>(
        std::ranges::count_if(cells, [&](const Cell& cell) { return !folder.state(cell).played; }));
}

void print_end(const Sweep& sweep, double seconds, bool collected) {
    const auto failed = std::ranges::count_if(
        sweep.played(), [](const Played& played) { return !played.failures.empty(); });
    fmt::print("{} cells played, {} of them failed, {} were finished; {} {} ({:.1f} s)\n",
               sweep.played().size(), failed, sweep.skipped(), collected ? "tables in" : "cells in",
               sweep.folder().path().string(), seconds);
}

int code_of(const std::vector<Played>& played) {
    for (const Played& one : played) {
        if (!one.failures.empty()) return static_cast<int>(one.code);
    }
    return static_cast<int>(ExitCode::ok);
}

}  // namespace

std::filesystem::path sweep_folder_of(const Experiment& experiment, const Execution& execution) {
    if (!execution.out.empty()) return execution.out;
    return std::filesystem::path("results/runs") / experiment.name;
}

int sweep_command(const SweepOptions& options, const Execution& execution,
                  const std::string& command_line) {
    const auto start = std::chrono::steady_clock::now();
    const Experiment experiment = load_experiment(options.spec);
    const std::vector<Cell> all = cells(experiment, options.spec.string());
    const Shard part = shard_in(options.shard);
    const std::vector<Cell> some = shard(all, part.index, part.count);
    const std::filesystem::path out = sweep_folder_of(experiment, execution);
    if (options.dry) return print_forecast(some, SweepFolder(out, experiment), execution);

    Sweep sweep(options, execution, command_line, experiment, out);
    if (!options.record) sweep.folder().claim(options.go_on);
    if (!options.collect) sweep.play(some);
    const bool collects = !options.record && (part.count == 1 || options.collect);
    if (collects) sweep.folder().collect(all);
    const std::size_t lacking = collects ? missing(sweep.folder(), all) : 0;
    if (execution.json) {
        print_cells(sweep.folder(), some);
    } else if (!execution.quiet) {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        print_end(sweep, took.count(), collects);
    }
    if (lacking > 0) {
        throw InputError(out.string(), fmt::format("lacks {} of {} cells", lacking, all.size()),
                         "sweep them, then collect");
    }
    return code_of(sweep.played());
}

}  // namespace oneadapt
