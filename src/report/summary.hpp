#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/bootstrap.hpp"
#include "report/parts.hpp"
#include "sim/result.hpp"

namespace oneadapt {

/// The clip name under which a summary stands for all clips together.
inline constexpr const char* all_clips = "all";

/// The means that savings are worked out from, one for each replicate of a Bootstrap.
struct Replicates {
    std::vector<double> accuracy;  ///< or AP50, see SummaryRow::by_ap50
    std::vector<double> kbps;
    std::vector<double> gflop;
};

/// Means over the segments of one cell in one clip, or in all: a row of summary.csv. The figures
/// mean nothing where `segments` is 0.
struct SummaryRow {
    std::string clip;  ///< or `all_clips`
    Part part = Part::whole;
    CellId cell;
    /// How many the means are over; 0 where one failed: means over the others would look whole.
    std::size_t segments = 0;
    std::size_t failed_segments = 0;  ///< with a status other than "ok", warm-up included
    double accuracy = 0;
    double kbps = 0;
    double relative_bandwidth = 0;
    std::optional<double> objective;  ///< where every segment has one
    double gpu_frames = 0;            ///< forward and backward
    double forward_frames = 0;
    double backward_frames = 0;
    double gflop = 0;
    double camera_encodes = 0;
    double server_encodes = 0;
    double uplink_bytes = 0;
    double downlink_bytes = 0;
    double kept_frames = 0;
    std::optional<double> delay_s;      ///< over the segments with a result
    std::optional<double> delay_p95_s;  ///< the smallest that at least 95 % of them keep to
    double energy_j = 0;
    double streaming_accuracy = 0;
    bool by_ap50 = false;  ///< savings are at equal AP50 rather than accuracy
    /// COCO's, of the frames of all segments together; absent where no object is demanded.
    std::optional<double> ap50;
    std::optional<Interval> ap50_interval;
    std::optional<Interval> accuracy_interval;
    std::optional<Interval> kbps_interval;

    /// What savings are at equal values of; of rows that can be compared (comparable_rows()).
    double merit() const { return by_ap50 ? ap50.value() : accuracy; }

    std::size_t blocks = 0;  ///< see Bootstrap::blocks(); together of all clips
    Replicates replicates;   ///< empty where no figures are
};

/// For the whole and then for the steady part: the means of each cell over all clips (every segment
/// weighs the same), then of each clip and cell, in order of appearance. Where a segment failed
/// there are no figures. Intervals come from a moving-block bootstrap in each clip. Throws
/// InputError when a clip is named like the mean over all clips.
std::vector<SummaryRow> summarise(const RunResult& result, const SummaryOptions& options);

}  // namespace oneadapt
