#include "cli/coco.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <tuple>

#include <fmt/format.h>

#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "report/coco.hpp"
#include "run/plan.hpp"
#include "run/used_files.hpp"
#include "sim/replay.hpp"
#include "support/console.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// The spec of a results folder, or of a file.
fs::path spec_file(const fs::path& run) {
    std::error_code ignored;
    return fs::is_directory(run, ignored) ? run / "manifest.json" : run;
}

/// Collects what the cells of a run play, which may be told in any order.
class Collector {
  public:
    void add(const SeenSegment& played) {
        SeenBoxes seen{.clip = played.row.clip,
                       .cell = played.row.cell,
                       .segment = played.row.segment,
                       .size = played.size,
                       .shown = {},
                       .right = played.right};
        std::ranges::transform(played.shown, std::back_inserter(seen.shown), &FrameResult::said);
        const std::lock_guard lock(mutex_);
        seen_.insert_or_assign(std::tuple(seen.clip, seen.cell, seen.segment), std::move(seen));
    }

    /// In the order of the results.
    std::vector<SeenBoxes> take(const RunResult& result) {
        std::vector<SeenBoxes> ordered;
        for (const SegmentRow& row : result.segments) {
            const auto found = seen_.find(std::tuple(row.clip, row.cell, row.segment));
            if (found != seen_.end()) ordered.push_back(std::move(found->second));
        }
        return ordered;
    }

  private:
    std::mutex mutex_;
    std::map<std::tuple<std::string, CellId, int>, SeenBoxes> seen_;
};

}  // namespace

int coco_command(const fs::path& run, const RunOptions& changes) {
    const fs::path file = spec_file(run);
    Execution execution = changes.execution;
    execution.files = files_of_manifest(file);
    Session session = open_drawn_session(load_changed(file, changes.given), execution);
    if (!session.plan.task->boxes) {
        throw UsageError("coco", "is for tasks whose DNN says boxes",
                         "leave it out for the task " + session.plan.task->name);
    }
    Collector collector;
    session.plan.on_segment = [&](const SeenSegment& played) { collector.add(played); };
    ProgressLine line("plays", execution.quiet);
    const ReplayOutcome outcome =
        replay(session.plan, *session.trace,
               {[&](std::int64_t n) { line.expect(n); }, [&](std::int64_t n) { line.done(n); }});
    if (!outcome.failures.empty()) {
        const ReplayFailure& failure = outcome.failures.front();
        tell(fmt::format("oneadapt-sim: clip '{}': {}; nothing is written\n", failure.clip,
                         failure.message));
        return static_cast<int>(failure.code);
    }
    write_coco(collector.take(outcome.result), session.plan.sidecar, execution.out);
    if (!execution.quiet) fmt::print("{}\n", execution.out.string());
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
