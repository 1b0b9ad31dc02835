#include "sim/clip_replay.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/clip_cells.hpp"
#include "support/errors.hpp"
#include "testbed/foresight.hpp"

namespace oneadapt {

namespace {

/// A reference that drops frames would hide what dropping them costs.
void check_framerate(const KnobSpace& space, double fps) {
    for (const Knob& knob : space.knobs()) {
        if (find_knob(knob.name).drops != Drops::by_rate) continue;
        const double highest = knob.values.front().number();
        if (highest >= fps) continue;
        throw UsageError(
            fmt::format("knob '{}'", knob.name),
            fmt::format("its most expensive value {} is below the analysis rate {}", highest, fps),
            fmt::format("use --values {}={},... or --fps {}", knob.name, fps, highest));
    }
}

/// What is truly in the clip, where that is what counts. Refuses one that ends before the clip.
std::unique_ptr<GroundTruth> truth_of(const ReplayPlan& plan, const ClipSpec& clip,
                                      const ClipStream& stream) {
    if (!plan.score_by_labels) return nullptr;
    auto truth = load_truth(clip, plan.sidecar, stream.size());
    // Frames of the native rate may last longer than it says: each is checked when it comes.
    if (const auto seconds = stream.seconds(); seconds && plan.read.fps) {
        truth->check_length(*seconds, 1 / stream.fps());
    }
    return truth;
}

std::vector<ScoredFrame> as_coco(const std::vector<FrameResult>& shown,
                                 const std::vector<FrameBoxes>& right) {
    std::vector<ScoredFrame> frames;
    for (std::size_t i = 0; i < right.size(); ++i) {
        frames.push_back({shown[i].said().detections, right[i].demanded.detections,
                          right[i].ignored.detections});
    }
    return frames;
}

}  // namespace

ClipReplay::ClipReplay(const ReplayPlan& plan, const ClipSpec& clip, Trace& trace,
                       asio::thread_pool& workers, const ReplayProgress& progress)
    : plan_(plan),
      trace_(trace),
      workers_(workers),
      progress_(progress),
      stream_(clip, plan.read, trace, plan.offline),
      world_{
          .task = *plan.task,
          .sidecar = plan.sidecar,
          .space = plan.space,
          .regions = plan.instruments.input.regions(stream_.size()),
          .device = plan.device,
          .environment = plan.environment,
          .dnns = world_dnns(plan.instruments, plan.device, stream_.size(), trace,
                             caps_of(plan.space), plan.accuracies),
          .auxiliaries = world_auxiliaries(plan.instruments, plan.device, stream_.size(), trace)},
      referee_(world_, truth_of(plan, clip, stream_)) {
    check_framerate(plan_.space, stream_.fps());
    for (const SchemeChoice& choice : plan_.schemes) {
        needs_grid_ = needs_grid_ || choice.kind->needs.grid;
    }
    if (needs_grid_) hindsight_.grid = plan_.space.grid();
    make_cells();
    expect_work();
}

ClipReplay::~ClipReplay() = default;

void ClipReplay::make_cells() {
    for (const SchemeChoice& choice : plan_.schemes) {
        const SchemeKind& kind = *choice.kind;
        for (const SchemeCell& cell : kind.cells(plan_.goals, plan_.space)) {
            const SchemeSetting setting{.space = plan_.space,
                                        .regions = world_.regions,
                                        .parameters = choice.parameters,
                                        .goal = cell.goal,
                                        .hindsight = kind.needs.hindsight ? &hindsight_ : nullptr,
                                        .future = kind.needs.future ? &future_ : nullptr,
                                        .fixed = cell.fixed,
                                        .clip = stream_.clip().name};
            const CellId id{.scheme = kind.name, .goal = cell.goal, .fixed = cell.fixed.text()};
            cells_.push_back(std::make_unique<Cell>(id, choice, kind.create(setting), world_));
        }
    }
}

void ClipReplay::expect_work() const {
    const std::int64_t per_segment =
        static_cast<std::int64_t>(cells_.size() + hindsight_.grid.size());
    progress_.expect(per_segment * stream_.expected_segments().value_or(0));
}

std::shared_ptr<ClipReplay::Moment> ClipReplay::next_moment() {
    std::optional<SegmentRef> segment = stream_.next();
    if (!segment) return nullptr;
    return std::make_shared<Moment>(std::move(*segment), plan_, trace_, referee_);
}

ClipReplay::Lot ClipReplay::next_lot() {
    Lot lot;
    try {
        while (!broken_ && lot.size() < lot_size_) {
            auto moment = next_moment();
            if (!moment) break;
            lot.push_back(std::move(moment));
        }
    } catch (const InputError&) {
        broken_ = std::current_exception();
    }
    return lot;
}

void ClipReplay::play(Cell& cell, Moment& moment) const {
    if (cell.fault) return;
    guarded(
        [&] {
            if (plan_.on_act) {
                cell.driver.listen([this, segment = moment.lab.segment().index](const Act& act) {
                    plan_.on_act(segment, act);
                });
            }
            cell.driver.begin(moment.lab);
            if (cell.kind.needs.hindsight) {
                Foresight segment(world_, moment.lab, moment.scores, cell.id.goal.prices);
                cell.scheme->foresee(segment);
            }
            const Delivery delivery = cell.scheme->play(cell.driver.testbed());
            Bill bill = cell.driver.finish(delivery);
            score(cell, moment, delivery, bill);
        },
        [&](const Fault& fault) { cell.fault = fault; });
    progress_.done(1);
}

void ClipReplay::score(Cell& cell, Moment& moment, const Delivery& delivery, Bill& bill) const {
    const SegmentInfo& segment = moment.lab.segment();
    const Ledger& reference = moment.scores.reference();
    SegmentRow row;
    row.clip = stream_.clip().name;
    row.cell = cell.id;
    row.segment = segment.index;
    row.configuration = delivery.played();
    row.ledger = bill.ledger;
    row.kbps = kbit_per_second(bill.ledger.uplink_bytes, segment.duration);
    row.stretch = segment.duration.value / (segment.frames / stream_.fps());
    row.kept_frames = bill.frames_sent;
    row.accuracy = moment.scores.accuracy(bill.frames);
    row.streaming_accuracy = moment.scores.accuracy(bill.streamed);
    row.relative_bandwidth =
        static_cast<double>(bill.ledger.uplink_bytes) / static_cast<double>(reference.uplink_bytes);
    const Goal& goal = cell.id.goal;
    if (goal.weight) {
        row.objective = row.accuracy - *goal.weight * goal.prices.cost(bill.ledger, reference);
    }
    row.delay = bill.delay;
    if (goal.deadline) {
        const auto in_time = std::ranges::count_if(
            bill.frames, [](const FrameResult& frame) { return frame.arrived.has_value(); });
        row.late = std::max(0, bill.frames_sent - static_cast<int>(in_time));
    }
    if (plan_.judges_boxes) {
        row.judged = std::make_shared<const JudgedFrames>(
            judged(as_coco(bill.frames, moment.scores.boxes())));
    }
    for (const AccGradNote& note : bill.notes) {
        cell.accgrad.push_back(accgrad_row(cell.id, segment, note, moment.scores));
    }
    if (plan_.on_segment) {
        plan_.on_segment({.row = row,
                          .segment = segment,
                          .size = stream_.size(),
                          .shown = bill.frames,
                          .right = moment.scores.boxes()});
    }
    cell.rows.push_back(std::move(row));
    ++cell.whole;
}

AccGradRow ClipReplay::accgrad_row(const CellId& cell, const SegmentInfo& segment,
                                   const AccGradNote& note, Scores& scores) const {
    const auto change = [&](const auto& of) { return of(note.dearer) - of(note.cheaper); };
    AccGradRow row{.clip = stream_.clip().name,
                   .cell = cell,
                   .segment = segment.index,
                   .knob = note.knob,
                   .from = note.dearer.get(note.knob, 0),
                   .to = note.cheaper.get(note.knob, 0),
                   .estimate = note.estimate,
                   .measured = change([&](const Configuration& c) { return scores.accuracy(c); })};
    if (plan_.task->utility != nullptr) {
        row.utility_change =
            change([&](const Configuration& c) { return scores.utility(c).value(); });
    }
    return row;
}

void ClipReplay::play_lot(Cell& cell, const Lot& lot) const {
    for (const auto& moment : lot) {
        if (moment->lab.segment().index < cell.played) continue;
        play(cell, *moment);
        cell.played = moment->lab.segment().index + 1;
        if (reading()) return;  // one segment at a time, then
    }
}

void ClipReplay::play_all(const Lot& lot, bool hindsight, Batch& batch) {
    if (lot.empty()) return;
    const int end = lot.back()->lab.segment().index + 1;
    for (const auto& cell : cells_) {
        if (cell->kind.needs.hindsight != hindsight || cell->played >= end) continue;
        batch.add([this, &lot, &cell = *cell] { play_lot(cell, lot); });
    }
}

void ClipReplay::finish(Lot lot, bool hindsight) {
    while (true) {
        const auto behind = [&](const std::shared_ptr<Moment>& moment) {
            return std::ranges::any_of(cells_, [&](const auto& cell) {
                return cell->kind.needs.hindsight == hindsight &&
                       cell->played <= moment->lab.segment().index;
            });
        };
        while (!lot.empty() && !behind(lot.front())) lot.pop_front();
        if (lot.empty()) return;
        // Where frames are read the cells stay together, so that few segments' are in memory.
        const Lot next = reading() ? Lot{lot.front()} : lot;
        reads_before_ = stream_.reads();
        Batch batch(workers_);
        play_all(next, hindsight, batch);
        batch.wait();
    }
}

void ClipReplay::run() {
    guarded(
        [this] {
            play_priced();
            if (needs_grid_) play_with_hindsight();
        },
        [this](const Fault& fault) {
            for (const auto& cell : cells_) {
                if (!cell->fault) cell->fault = fault;
            }
        });
}

void ClipReplay::play_priced() {
    constexpr std::size_t kLargestLot = 16;
    Lot now;
    Lot ahead = next_lot();
    while (!now.empty() || !ahead.empty()) {
        reads_before_ = stream_.reads();
        Batch batch(workers_);
        measure_grid(ahead, batch);
        play_all(now, false, batch);
        Lot later = ahead.empty() ? Lot() : next_lot();
        batch.wait();
        lot_size_ = reading() ? 1 : std::min(2 * lot_size_, kLargestLot);
        finish_grid(ahead);
        finish(std::exchange(now, std::move(ahead)), false);
        ahead = std::move(later);
    }
    if (broken_) std::rethrow_exception(broken_);
    if (const auto remark = stream_.remark(); remark && progress_.note) {
        progress_.note(fmt::format("clip '{}': {}", stream_.clip().name, *remark));
    }
}

}  // namespace oneadapt
