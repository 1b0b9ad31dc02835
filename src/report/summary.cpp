#include "report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
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

using Segments = std::vector<const SegmentRow*>;

/// One cell in one clip.
struct Played {
    std::string clip;
    CellId cell;
    Segments segments = {};
};

/// Sums over each replicate.
struct Sums {
    std::vector<double> accuracy;
    std::vector<double> kbps;  ///< as `means` has them: times stretch
    std::vector<double> gflop;
    std::vector<double> stretch;

    static Sums drawn(const Bootstrap& bootstrap, const Segments& segments) {
        const auto sums_of = [&](const auto& figure) {
            std::vector<double> series;
            series.reserve(segments.size());
            for (const SegmentRow* segment : segments) series.push_back(figure(*segment));
            return bootstrap.sums(series);
        };
        return {.accuracy = sums_of([](Segment s) { return s.accuracy; }),
                .kbps = sums_of([](Segment s) { return s.kbps * s.stretch; }),
                .gflop = sums_of([](Segment s) { return s.ledger.gflop; }),
                .stretch = sums_of([](Segment s) { return s.stretch; })};
    }

    void add(const Sums& more) {
        for (const auto member : {&Sums::accuracy, &Sums::kbps, &Sums::gflop, &Sums::stretch}) {
            std::vector<double>& sum = this->*member;
            sum.resize((more.*member).size(), 0.0);
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += (more.*member)[i];
        }
    }

    Replicates means(std::size_t segments) const {
        const auto n = static_cast<double>(segments);
        Replicates out{.accuracy = accuracy, .kbps = kbps, .gflop = gflop};
        for (double& mean : out.accuracy) mean /= n;
        for (double& mean : out.gflop) mean /= n;
        for (std::size_t i = 0; i < kbps.size(); ++i) out.kbps[i] /= stretch[i];
        return out;
    }
};

/// AP50 over segments of several clips, each with the draws of its own.
class Pool {
  public:
    void add(const Segments& segments, const Bootstrap& bootstrap) {
        for (const SegmentRow* segment : segments) lots_.push_back(segment->judged.get());
        bootstraps_.push_back(&bootstrap);
    }

    void describe(bool drawn, SummaryRow& row) const {
        const PooledPrecision pooled(lots_);
        row.ap50 = pooled.ap50(std::vector<double>(lots_.size(), 1.0));
        row.replicates.accuracy.clear();
        if (!drawn) return;
        for (std::size_t r = 0; r < bootstraps_.front()->replicates(); ++r) {
            std::vector<double> times;
            times.reserve(lots_.size());
            for (const Bootstrap* clip : bootstraps_) {
                std::ranges::copy(clip->times(r), std::back_inserter(times));
            }
            row.replicates.accuracy.push_back(
                pooled.ap50(times).value_or(std::numeric_limits<double>::quiet_NaN()));
        }
        std::vector<double> known = row.replicates.accuracy;
        std::erase_if(known, [](double value) { return std::isnan(value); });
        row.ap50_interval = interval(std::move(known));
    }

  private:
    std::vector<const JudgedFrames*> lots_;
    std::vector<const Bootstrap*> bootstraps_;
};

/// Collects the segments of one summary row.
class Group {
  public:
    Group(std::string clip, const CellId& cell, Part part, bool by_ap50) {
        row_.clip = std::move(clip);
        row_.part = part;
        row_.cell = cell;
        row_.by_ap50 = by_ap50;
    }

    /// The segments of one clip, and their sums where they could be drawn.
    void add(const Segments& segments, const Bootstrap& bootstrap, const Sums& drawn) {
        if (segments.empty()) return;
        for (const SegmentRow* segment : segments) add(*segment);
        row_.blocks += bootstrap.blocks();
        all_drawn_ = all_drawn_ && !drawn.accuracy.empty();
        if (all_drawn_) sums_.add(drawn);
        if (row_.by_ap50) pool_.add(segments, bootstrap);
    }
    void fail() { ++row_.failed_segments; }

    SummaryRow finish() const {
        if (row_.segments == 0 || row_.failed_segments > 0) return without_figures();
        SummaryRow row = row_;
        const auto n = static_cast<double>(row.segments);
        for (const Mean& m : means) row.*m.mean /= n;
        row.kbps *= n / stretch_;
        if (objectives_ == row.segments) row.objective = objective_ / n;
        if (all_drawn_) row.replicates = sums_.means(row.segments);
        row.accuracy_interval = interval(row.replicates.accuracy);
        row.kbps_interval = interval(row.replicates.kbps);
        if (row.by_ap50) pool_.describe(!row.replicates.kbps.empty(), row);
        if (delays_.empty()) return row;
        row.delay_s = std::accumulate(delays_.begin(), delays_.end(), 0.0) /
                      static_cast<double>(delays_.size());
        row.delay_p95_s = percentile_95(delays_);
        return row;
    }

  private:
    void add(const SegmentRow& segment) {
        for (const Mean& m : means) row_.*m.mean += m.of(segment);
        if (segment.objective) {
            objective_ += *segment.objective;
            ++objectives_;
        }
        if (segment.delay) delays_.push_back(segment.delay->value);
        stretch_ += segment.stretch;
        ++row_.segments;
    }

    SummaryRow without_figures() const {
        SummaryRow row;
        row.clip = row_.clip;
        row.part = row_.part;
        row.cell = row_.cell;
        row.by_ap50 = row_.by_ap50;
        row.failed_segments = row_.failed_segments;
        return row;
    }

    SummaryRow row_;  ///< sums until finish()
    Sums sums_;
    Pool pool_;
    bool all_drawn_ = true;
    double stretch_ = 0;
    double objective_ = 0;
    std::size_t objectives_ = 0;
    std::vector<double> delays_;
};

/// Values by key, in order of appearance.
template <class Key, class T>
class Appearing {
  public:
    template <class... Arguments>
    T& of(const Key& key, Arguments&&... arguments) {
        const auto [at, is_new] = index_.try_emplace(key, all_.size());
        if (is_new) all_.push_back(T{std::forward<Arguments>(arguments)...});
        return all_[at->second];
    }
    const std::vector<T>& all() const { return all_; }

  private:
    std::map<Key, std::size_t> index_;
    std::vector<T> all_;
};

/// A run as cells that played clips.
struct Plays {
    Appearing<std::pair<std::string, CellId>, Played> played;

    explicit Plays(const RunResult& result) {
        for (const SegmentRow& row : result.segments) {
            if (row.clip == all_clips) {
                throw InputError("clip 'all'",
                                 "has the name that stands for the mean over all clips",
                                 "give it another name");
            }
            played.of({row.clip, row.cell}, row.clip, row.cell).segments.push_back(&row);
        }
    }
};

void summarise_part(const Plays& plays, Part part, const PartDraws& draws, bool by_ap50,
                    std::vector<SummaryRow>& out) {
    Appearing<CellId, Group> together;
    std::vector<Group> by_clip;
    for (const Played& played : plays.played.all()) {
        const auto& [first, bootstrap] = draws.of(played.clip);
        Group& all = together.of(played.cell, all_clips, played.cell, part, by_ap50);
        Group& one = by_clip.emplace_back(played.clip, played.cell, part, by_ap50);
        Segments segments;
        for (const SegmentRow* row : played.segments) {
            if (!succeeded(*row)) {
                all.fail();
                one.fail();
            } else if (row->segment >= first) {
                segments.push_back(row);
            }
        }
        const Sums drawn =
            segments.size() == bootstrap.segments() ? Sums::drawn(bootstrap, segments) : Sums{};
        for (Group* group : {&all, &one}) group->add(segments, bootstrap, drawn);
    }
    for (const Group& group : together.all()) out.push_back(group.finish());
    for (const Group& group : by_clip) out.push_back(group.finish());
}

}  // namespace

std::vector<SummaryRow> summarise(const RunResult& result, const SummaryOptions& options) {
    const Plays plays(result);
    std::vector<SummaryRow> rows;
    for (const Part part : kParts) {
        summarise_part(plays, part, PartDraws(result, part, options), options.by_ap50, rows);
    }
    return rows;
}

}  // namespace oneadapt
