#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dnn/ground_truth.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "measure/instruments.hpp"
#include "media/clip.hpp"
#include "schemes/scheme.hpp"
#include "sim/result.hpp"
#include "support/errors.hpp"
#include "testbed/act.hpp"
#include "testbed/device_profile.hpp"
#include "testbed/driver.hpp"
#include "testbed/environment.hpp"
#include "testbed/world.hpp"

namespace oneadapt {

/// A scheme of a run with its resolved parameters.
struct SchemeChoice {
    const SchemeKind* kind;
    Parameters parameters;
    /// Which of the runs that are played together it belongs to, counted from 0.
    std::vector<std::size_t> runs = {0};
};

/// What a cell's user got of a segment.
struct SeenSegment {
    const SegmentRow& row;
    const SegmentInfo& segment;
    cv::Size size;                          ///< analysis size
    const std::vector<FrameResult>& shown;  ///< for each frame
    std::vector<FrameBoxes> right;          ///< see Referee::boxes()
};

/// Everything that decides a run's results.
struct ReplayPlan {
    const Task* task;
    Sidecar sidecar;
    KnobSpace space;
    std::vector<SchemeChoice> schemes;
    std::vector<Goal> goals;  ///< at least one
    std::vector<ClipSpec> clips;
    ReadOptions read;
    bool score_by_labels = false;
    bool judges_boxes = false;  ///< see SegmentRow::judged
    DeviceProfile device;
    Environment environment;
    Accuracies accuracies = {};  ///< see World
    Instruments instruments;
    bool offline = false;
    int jobs = 1;  ///< worker threads; never changes a result
    /// Is told every act of every cell, with its segment; from several threads at once where there
    /// are several cells.
    std::function<void(int segment, const Act& act)> on_act = {};
    /// Is told every segment that a cell has played; from several threads at once.
    std::function<void(const SeenSegment& played)> on_segment = {};
};

/// Told how far a run has come, from several threads at once.
struct ReplayProgress {
    std::function<void(std::int64_t)> expect;  ///< more units of work than known before
    std::function<void(std::int64_t)> done;    ///< units finished
    /// Is told what the user should know of a clip.
    std::function<void(const std::string&)> note = {};
};

/// Cells of a clip that could not be played to its end, for the same reason.
struct ReplayFailure {
    std::string clip;
    std::string message;
    ExitCode code = ExitCode::internal;  ///< of the error
    std::set<std::string> schemes;       ///< whose cells
};

struct ReplayOutcome {
    RunResult result;
    std::vector<ReplayFailure> failures;
    std::exception_ptr nothing = nullptr;  ///< the first error, where every cell failed
};

/// THE replay loop: every clip segment by segment, every cell on each segment; whatever the trace
/// lacks is measured on the way. Results do not depend on `jobs` or on what the trace held before.
///
/// A cell that fails ends with a row of status "error: ..." and leaves the others whole; where the
/// clip itself fails, all its cells end so. When every cell fails, the first error is thrown.
/// Faults of the trace, of writing, and Ctrl-C end the run at once.
ReplayOutcome replay(const ReplayPlan& plan, Trace& trace, const ReplayProgress& progress);

/// The same for runs that differ in their schemes and parameters alone, see SchemeChoice::runs: an
/// outcome for each, as replay() of its own would give it. What they share is looked up once, and a
/// scheme that several have with the same parameters is played once. Where every cell of a run
/// fails, the outcome holds the error; none is thrown.
std::vector<ReplayOutcome> replay_together(const ReplayPlan& plan, std::size_t runs, Trace& trace,
                                           const ReplayProgress& progress);

}  // namespace oneadapt
