#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnn/average_precision.hpp"
#include "knobs/configuration.hpp"
#include "support/units.hpp"
#include "testbed/ledger.hpp"
#include "testbed/prices.hpp"

namespace oneadapt {

/// What identifies a cell: one scheme played for one goal, or one static configuration.
struct CellId {
    std::string scheme;
    Goal goal = {};
    std::string fixed = {};  ///< configuration of `static`; empty for schemes that adapt

    friend auto operator<=>(const CellId&, const CellId&) = default;
};

/// One played segment of one cell: a row of segments.csv.
struct SegmentRow {
    std::string clip;
    CellId cell;
    int segment = 0;
    std::string configuration;  ///< what the scheme calls what was played
    Ledger ledger;
    double kbps = 0;
    /// How long it lasted, over how long as many frames last at the analysis rate.
    double stretch = 1;
    int kept_frames = 0;
    double accuracy = 0;  ///< in [0,1]
    /// Each frame scored with what had arrived when it was captured.
    double streaming_accuracy = 0;
    double relative_bandwidth = 0;  ///< uplink bytes / bytes of the reference configuration
    /// accuracy - weight * cost, see Prices::cost(); absent for cells without a weight.
    std::optional<double> objective;
    /// From the end of capture to the last delivered result; absent when nothing was delivered.
    std::optional<SimSeconds> delay;
    int late = 0;  ///< inputs (frames that were sent) without a result by the goal's deadline
    /// What became of the boxes that its user saw; null unless the run asks for AP50.
    std::shared_ptr<const JudgedFrames> judged = nullptr;
    std::string status = "ok";  ///< or "error: ..."; then the figures are not written
};

/// An AccGrad estimate beside the change that the referee measured: a row of accgrad.csv.
struct AccGradRow {
    std::string clip;
    CellId cell;
    int segment = 0;
    std::string knob;
    KnobValue from = 0;   ///< the dearer value
    KnobValue to = 0;     ///< its cheaper neighbour
    double estimate = 0;  ///< predicted loss of utility when going from `from` to `to`
    double measured = 0;  ///< accuracy(from) - accuracy(to)
    /// utility(from) - utility(to), the mean over the frames; absent where outputs do not hold what
    /// the utility is of, see Task::utility.
    std::optional<double> utility_change = {};
};

/// Everything that a run measured, in the order clip, cell, segment.
struct RunResult {
    std::vector<SegmentRow> segments;
    std::vector<AccGradRow> accgrad;
};

}  // namespace oneadapt
