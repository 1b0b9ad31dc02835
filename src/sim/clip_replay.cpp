#include "sim/clip_replay.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "testbed/driver.hpp"
#include "testbed/foresight.hpp"

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

namespace {

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

void ClipReplay::measure(Moment& moment, std::size_t place) {
    if (moment.measured[place] != 0) return;
    const auto segment = static_cast<std::size_t>(moment.lab.segment().index);
    Hindsight::Point& point = hindsight_.points[segment][place];
    guarded(
        [&] {
            const Configuration& configuration = hindsight_.grid[place];
            // Its own first: every job needs the reference's, which one of them makes meanwhile.
            const auto encoding = moment.lab.take(Encode{EncodePlan(as_sent(configuration))});
            point.accuracy = moment.scores.accuracy(configuration);
            point.cost = plan_.goals.front().prices.cost(world_.plain(configuration, *encoding),
                                                         moment.scores.reference());
        },
        [&](const Fault& fault) {
            const std::lock_guard lock(faults_mutex_);
            grid_faults_.emplace(std::pair(moment.lab.segment().index, place), fault);
        });
    moment.measured[place] = 1;
    progress_.done(1);
}

void ClipReplay::measure_grid(const Lot& lot, Batch& batch) {
    if (!needs_grid_) return;
    const std::size_t places = hindsight_.grid.size();
    for (const auto& moment : lot) {
        moment->measured.resize(places);
        hindsight_.points.resize(static_cast<std::size_t>(moment->lab.segment().index) + 1);
        hindsight_.points.back().resize(places);
    }
    for (const auto& moment : lot) {
        if (lot.size() == 1) {
            for (std::size_t place = 0; place < places; ++place) {
                batch.add([this, &moment = *moment, place] { measure(moment, place); });
            }
            continue;
        }
        batch.add([this, &moment = *moment, places] {
            for (std::size_t place = 0; place < places && !reading(); ++place) {
                measure(moment, place);
            }
        });
    }
}

void ClipReplay::finish_grid(const Lot& lot) {
    for (const auto& moment : lot) {
        Batch batch(workers_);
        for (std::size_t place = 0; place < moment->measured.size(); ++place) {
            if (moment->measured[place] != 0) continue;
            batch.add([this, &moment = *moment, place] { measure(moment, place); });
        }
        batch.wait();
    }
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
    row.late = goal.deadline && std::ranges::any_of(bill.frames, [](const FrameResult& frame) {
                   return !frame.arrived.has_value();
               });
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
        reads_before_ = stream_.reads();
        Batch batch(workers_);
        play_all(lot, hindsight, batch);
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

void ClipReplay::play_with_hindsight() {
    if (!grid_faults_.empty()) {
        for (const auto& cell : cells_) {
            if (cell->kind.needs.hindsight) cell->fault = grid_faults_.begin()->second;
        }
        return;
    }
    stream_.rewind();
    for (Lot lot = next_lot(); !lot.empty(); lot = next_lot()) {
        for (const auto& moment : lot) {
            const auto segment = static_cast<std::size_t>(moment->lab.segment().index);
            const std::vector<Hindsight::Point>& points = hindsight_.points.at(segment);
            for (std::size_t i = 0; i < points.size(); ++i) {
                moment->scores.remember(hindsight_.grid[i], points[i].accuracy);
            }
        }
        finish(std::move(lot), true);
    }
    if (broken_) std::rethrow_exception(broken_);
}

std::exception_ptr ClipReplay::failure(std::size_t run) const {
    std::exception_ptr first;
    for (const auto& cell : cells_) {
        if (!cell->belongs_to(run)) continue;
        if (!cell->fault) return nullptr;
        if (!first) first = cell->fault->error;
    }
    return first;
}

namespace {

/// Copies rows, or moves them where nobody needs them any more.
template <class Row>
void hand_out(std::vector<Row>& rows, bool last, std::vector<Row>& out) {
    if (last) {
        std::ranges::move(rows, std::back_inserter(out));
        rows = {};
    } else {
        std::ranges::copy(rows, std::back_inserter(out));
    }
}

}  // namespace

void ClipReplay::collect(std::size_t run, ReplayOutcome& outcome) {
    std::map<std::string, ReplayFailure> failures;  // by message
    const std::string& clip = stream_.clip().name;
    for (const auto& cell : cells_) {
        if (!cell->belongs_to(run)) continue;
        const bool last = run == std::ranges::max(cell->runs);
        hand_out(cell->rows, last, outcome.result.segments);
        hand_out(cell->accgrad, last, outcome.result.accgrad);
        if (cell->fault) {
            ReplayFailure& failure = failures[cell->fault->message];
            failure.clip = clip;
            failure.message = cell->fault->message;
            failure.code = cell->fault->code;
            failure.schemes.insert(cell->id.scheme);
            SegmentRow row;
            row.clip = clip;
            row.cell = cell->id;
            row.segment = cell->whole;
            row.status = "error: " + cell->fault->message;
            outcome.result.segments.push_back(std::move(row));
        }
    }
    for (auto& [message, failure] : failures) outcome.failures.push_back(std::move(failure));
}

}  // namespace oneadapt
