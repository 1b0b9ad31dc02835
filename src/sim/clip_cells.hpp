#pragma once

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sim/clip_replay.hpp"
#include "support/errors.hpp"
#include "testbed/driver.hpp"

/// What a ClipReplay plays.
namespace oneadapt {

/// One scheme, played for one goal, with its own testbed and what it has played so far.
struct ClipReplay::Cell {
    Cell(CellId of, const SchemeChoice& choice, std::unique_ptr<Scheme> made, const World& world)
        : id(std::move(of)),
          kind(*choice.kind),
          runs(choice.runs),
          scheme(std::move(made)),
          driver(world, id.goal) {}

    bool belongs_to(std::size_t run) const { return std::ranges::find(runs, run) != runs.end(); }

    CellId id;
    const SchemeKind& kind;
    const std::vector<std::size_t>& runs;  ///< that it is played for
    std::unique_ptr<Scheme> scheme;
    Driver driver;
    std::vector<SegmentRow> rows = {};
    std::vector<AccGradRow> accgrad = {};
    std::optional<Fault> fault = {};  ///< after which it plays no more
    int played = 0;                   ///< segments of this pass
    int whole = 0;                    ///< segments that have a row
};

/// One segment while cells play it.
struct ClipReplay::Moment {
    Moment(SegmentRef segment, const ReplayPlan& plan, Trace& trace, const Referee& referee)
        : lab(std::move(segment), plan.instruments, trace), scores(referee, lab) {}

    Lab lab;
    Scores scores;
    std::vector<char> measured = {};  ///< of the grid, each by one job
};

/// Runs work whose fault is one that a clip, a DNN, a scheme or a trace's gap can have, and tells
/// it; any other fault ends the run.
template <class Work, class Tell>
void guarded(const Work& work, const Tell& tell) {
    try {
        work();
    } catch (const InputError& error) {
        tell(Fault{error.what(), error.code(), std::current_exception()});
    } catch (const ModelError& error) {
        tell(Fault{error.what(), error.code(), std::current_exception()});
    } catch (const NotRecorded& error) {
        tell(Fault{error.what(), error.code(), std::current_exception()});
    } catch (const std::logic_error& error) {  // a scheme did what the testbed does not allow
        tell(Fault{error.what(), ExitCode::internal, std::current_exception()});
    }
}

}  // namespace oneadapt
