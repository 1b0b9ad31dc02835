#pragma once

#include <string>

#include "sim/result.hpp"

namespace oneadapt {

/// A played segment with a figure in every place.
inline SegmentRow segment_row(const std::string& clip, const CellId& cell, int segment, double kbps,
                              double accuracy) {
    SegmentRow row;
    row.clip = clip;
    row.cell = cell;
    row.segment = segment;
    row.configuration = cell.fixed.empty() ? "qp=30" : cell.fixed;
    row.ledger.uplink_bytes = static_cast<std::int64_t>(kbps * 125);
    row.ledger.downlink_bytes = 64;
    row.ledger.camera_encodes = 20;
    row.ledger.server_encodes = 3;
    row.ledger.forward_frames = 10;
    row.ledger.backward_frames = 1;
    row.ledger.gflop = 2.5;
    row.ledger.energy_j = 0.75;
    row.kbps = kbps;
    row.kept_frames = 10;
    row.accuracy = accuracy;
    row.relative_bandwidth = kbps / 1000;
    if (cell.goal.weight) row.objective = accuracy - *cell.goal.weight * row.relative_bandwidth;
    row.delay = SimSeconds{0.25};
    row.streaming_accuracy = 0.625;
    return row;
}

inline SegmentRow failed_row(const std::string& clip, const CellId& cell, int segment,
                             const std::string& problem) {
    SegmentRow row = segment_row(clip, cell, segment, 0, 0);
    row.status = "error: " + problem;
    return row;
}

inline CellId weighted(const std::string& scheme, double weight) {
    return {.scheme = scheme, .goal = {.weight = weight}};
}
inline CellId fixed(const std::string& configuration) {
    return {.scheme = "static", .goal = {}, .fixed = configuration};
}

}  // namespace oneadapt
