#include "report/summary.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// A figure of the summary and the figure of a segment that it is the mean of.
struct Mean {
    double SummaryRow::*mean;
    double (*of)(const SegmentRow&);
};

using Segment = const SegmentRow&;

constexpr Mean means[] = {
    {&SummaryRow::accuracy, [](Segment s) { return s.accuracy; }},
    {&SummaryRow::kbps, [](Segment s) { return s.kbps * s.stretch; }},
    {&SummaryRow::relative_bandwidth, [](Segment s) { return s.relative_bandwidth; }},
    {&SummaryRow::gpu_frames,
     [](Segment s) { return double(s.ledger.forward_frames) + s.ledger.backward_frames; }},
    {&SummaryRow::forward_frames, [](Segment s) { return double(s.ledger.forward_frames); }},
    {&SummaryRow::backward_frames, [](Segment s) { return double(s.ledger.backward_frames); }},
    {&SummaryRow::gflop, [](Segment s) { return s.ledger.gflop; }},
    {&SummaryRow::camera_encodes, [](Segment s) { return double(s.ledger.camera_encodes); }},
    {&SummaryRow::server_encodes, [](Segment s) { return double(s.ledger.server_encodes); }},
    {&SummaryRow::uplink_bytes, [](Segment s) { return double(s.ledger.uplink_bytes); }},
    {&SummaryRow::downlink_bytes, [](Segment s) { return double(s.ledger.downlink_bytes); }},
    {&SummaryRow::kept_frames, [](Segment s) { return double(s.kept_frames); }},
    {&SummaryRow::energy_j, [](Segment s) { return s.ledger.energy_j; }},
    {&SummaryRow::streaming_accuracy, [](Segment s) { return s.streaming_accuracy; }},
};

double percentile_95(std::vector<double> values) {
    const std::size_t rank = (values.size() * 95 + 99) / 100;  // of n, counted from 1
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
}

/// Collects the segments of one summary row.
class Group {
  public:
    Group(std::string clip, const CellId& cell) {
        row_.clip = std::move(clip);
        row_.cell = cell;
    }

    void add(const SegmentRow& segment, int warmup) {
        if (!succeeded(segment)) {
            ++row_.failed_segments;
        } else if (segment.segment >= warmup) {
            for (const Mean& m : means) row_.*m.mean += m.of(segment);
            if (segment.objective) {
                objective_ += *segment.objective;
                ++objectives_;
            }
            if (segment.delay) delays_.push_back(segment.delay->value);
            stretch_ += segment.stretch;
            ++row_.segments;
        }
    }

    SummaryRow finish() const {
        if (row_.segments == 0 || row_.failed_segments > 0) return without_figures();
        SummaryRow row = row_;
        const auto n = static_cast<double>(row.segments);
        for (const Mean& m : means) row.*m.mean /= n;
        row.kbps *= n / stretch_;
        if (objectives_ == row.segments) row.objective = objective_ / n;
        if (delays_.empty()) return row;
        row.delay_s = std::accumulate(delays_.begin(), delays_.end(), 0.0) /
                      static_cast<double>(delays_.size());
        row.delay_p95_s = percentile_95(delays_);
        return row;
    }

  private:
    SummaryRow without_figures() const {
        SummaryRow row;
        row.clip = row_.clip;
        row.cell = row_.cell;
        row.failed_segments = row_.failed_segments;
        return row;
    }

    SummaryRow row_;  ///< sums until finish()
    double stretch_ = 0;
    double objective_ = 0;
    std::size_t objectives_ = 0;
    std::vector<double> delays_;
};

/// The groups of a summary in order of appearance.
class Groups {
  public:
    Group& of(const std::string& clip, const CellId& cell) {
        const auto [at, is_new] = index_.try_emplace({clip, cell}, groups_.size());
        if (is_new) groups_.emplace_back(clip, cell);
        return groups_[at->second];
    }

    void finish(std::vector<SummaryRow>& out) const {
        for (const Group& group : groups_) out.push_back(group.finish());
    }

  private:
    std::map<std::pair<std::string, CellId>, std::size_t> index_;
    std::vector<Group> groups_;
};

}  // namespace

bool succeeded(const SegmentRow& row) {
    return row.status == "ok";
}

std::vector<SummaryRow> summarise(const RunResult& result, int warmup) {
    Groups together;
    Groups by_clip;
    for (const SegmentRow& segment : result.segments) {
        if (segment.clip == all_clips) {
            throw InputError("clip 'all'", "has the name that stands for the mean over all clips",
                             "give it another name");
        }
        together.of(all_clips, segment.cell).add(segment, warmup);
        by_clip.of(segment.clip, segment.cell).add(segment, warmup);
    }
    std::vector<SummaryRow> rows;
    together.finish(rows);
    by_clip.finish(rows);
    return rows;
}

}  // namespace oneadapt
