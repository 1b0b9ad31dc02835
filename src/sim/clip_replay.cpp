#include "sim/clip_replay.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

/// One scheme at one weight, with its own testbed and what it has played so far.
struct ClipReplay::Cell {
    CellId id;
    SchemeUse use;
    std::unique_ptr<Scheme> scheme;
    Testbed testbed;
    std::vector<SegmentRow> rows;
    std::vector<AccGradRow> accgrad;
};

/// One segment while cells play it.
struct ClipReplay::Moment {
    Moment(SegmentRef segment, const Instruments& instruments, Trace& trace)
        : measurements(std::move(segment), instruments, trace) {}

    Measurements measurements;
    std::mutex mutex;
    std::map<Configuration, double> accuracies;  ///< guarded by mutex

    /// Takes over what an earlier pass over this segment found.
    void remember(const std::vector<Configuration>& grid,
                  const std::vector<Hindsight::Point>& points) {
        for (std::size_t i = 0; i < grid.size(); ++i) {
            accuracies.emplace(grid[i], points[i].accuracy);
        }
    }

    /// Accuracy of what the server sees under `configuration`; remembered.
    double accuracy(const Configuration& configuration, const Referee& referee) {
        {
            const std::lock_guard lock(mutex);
            const auto found = accuracies.find(configuration);
            if (found != accuracies.end()) return found->second;
        }
        const double accuracy = referee.accuracy(measurements, *measurements.output(configuration));
        const std::lock_guard lock(mutex);
        accuracies.emplace(configuration, accuracy);
        return accuracy;
    }
};

namespace {

/// A reference that drops frames would hide what dropping them costs.
void check_framerate(const KnobSpace& space, double fps) {
    const double highest = space.reference().get("framerate", fps);
    if (highest >= fps) return;
    throw UsageError(
        "knob 'framerate'",
        fmt::format("its most expensive value {} is below the analysis rate {}", highest, fps),
        fmt::format("use --values framerate={},... or --fps {}", fps, highest));
}

World world_of(const ReplayPlan& plan, cv::Size size, Trace& trace) {
    const Instruments& instruments = plan.instruments;
    World world{plan.device, plan.link,
                forward_gflop(instruments.dnn(plan.space.reference()), size, trace),
                static_cast<double>(size.area()) / 1e6, plan.gpu_share};
    if (!plan.space.reference().has(kModelKnob)) return world;
    for (const auto& [value, dnn] : instruments.dnns) {
        const double gflop = forward_gflop(dnn, size, trace);
        world.model_shares[value] = world.forward_gflop > 0 ? gflop / world.forward_gflop : 1.0;
    }
    return world;
}

/// What is truly in the clip, where that is what counts. Refuses one that ends before the clip.
std::unique_ptr<GroundTruth> truth_of(const ReplayPlan& plan, const ClipSpec& clip,
                                      const ClipStream& stream) {
    if (!plan.score_by_labels) return nullptr;
    auto truth = load_truth(clip, plan.sidecar, stream.size());
    if (const auto seconds = stream.seconds()) truth->check_length(*seconds, 1 / stream.fps());
    return truth;
}

}  // namespace

ClipReplay::ClipReplay(const ReplayPlan& plan, const ClipSpec& clip, Trace& trace,
                       asio::thread_pool& workers, const ReplayProgress& progress)
    : plan_(plan),
      trace_(trace),
      workers_(workers),
      progress_(progress),
      stream_(clip, plan.read, trace, plan.offline),
      referee_(*plan.task, plan.sidecar, plan.space.reference(), truth_of(plan, clip, stream_)),
      world_(world_of(plan, stream_.size(), trace)),
      regions_(plan.instruments.input.regions(stream_.size())) {
    check_framerate(plan_.space, stream_.fps());
    for (const SchemeChoice& choice : plan_.schemes) {
        needs_grid_ = needs_grid_ || choice.kind->use != SchemeUse::adaptive;
    }
    if (needs_grid_) hindsight_.grid = plan_.space.grid();
    make_cells();
    expect_work();
}

ClipReplay::~ClipReplay() = default;

void ClipReplay::make_cells() {
    for (const SchemeChoice& choice : plan_.schemes) add_cells(choice);
}

void ClipReplay::add_cells(const SchemeChoice& choice) {
    const auto add = [&](CellId id, double weight, const Configuration& fixed) {
        const bool sees_all = choice.kind->use == SchemeUse::yardstick;
        const SchemeSetting setting{
            plan_.space, regions_, choice.parameters, weight, sees_all ? &hindsight_ : nullptr,
            fixed};
        cells_.push_back(
            std::make_unique<Cell>(Cell{std::move(id),
                                        choice.kind->use,
                                        choice.kind->create(setting),
                                        Testbed(world_, plan_.space, *plan_.task, plan_.sidecar),
                                        {},
                                        {}}));
    };
    if (choice.kind->use == SchemeUse::fixed) {
        for (const Configuration& c : hindsight_.grid) {
            add({choice.kind->name, std::nullopt, c.text()}, 0.0, c);
        }
        return;
    }
    for (const double weight : plan_.weights) add({choice.kind->name, weight, ""}, weight, {});
}

void ClipReplay::expect_work() const {
    const std::int64_t per_segment =
        static_cast<std::int64_t>(cells_.size() + hindsight_.grid.size());
    progress_.expect(per_segment * stream_.expected_segments().value_or(0));
}

std::shared_ptr<ClipReplay::Moment> ClipReplay::next_moment() {
    std::optional<SegmentRef> segment = stream_.next();
    if (!segment) return nullptr;
    return std::make_shared<Moment>(std::move(*segment), plan_.instruments, trace_);
}

void ClipReplay::measure_grid(Moment& moment, Batch& batch) {
    if (!needs_grid_) return;
    hindsight_.points.emplace_back(hindsight_.grid.size());
    std::vector<Hindsight::Point>& row = hindsight_.points.back();
    for (std::size_t place = 0; place < hindsight_.grid.size(); ++place) {
        batch.add([this, &moment, &point = row[place], place] {
            const Configuration& configuration = hindsight_.grid[place];
            const auto demand = [&](const Configuration& of) {
                return world_.demand(of, *moment.measurements.encoding(of));
            };
            // Its own first: every job needs the reference's, which one of them makes meanwhile.
            const auto own = demand(configuration);
            point.accuracy = moment.accuracy(configuration, referee_);
            point.cost = priced_bytes(plan_.gpu_share, own, demand(hindsight_.grid.front()));
            progress_.done(1);
        });
    }
}

void ClipReplay::play(Cell& cell, Moment& moment) const {
    cell.testbed.begin(moment.measurements);
    const Delivery delivery = cell.scheme->play(cell.testbed);
    score(cell, moment, delivery, cell.testbed.finish(delivery));
    progress_.done(1);
}

double ClipReplay::accuracy(Moment& moment, const Delivery& delivery) const {
    const bool unaltered = delivery.output == moment.measurements.output(delivery.configuration);
    return unaltered ? moment.accuracy(delivery.configuration, referee_)
                     : referee_.accuracy(moment.measurements, *delivery.output);
}

void ClipReplay::score(Cell& cell, Moment& moment, const Delivery& delivery,
                       const Testbed::Bill& bill) const {
    const SegmentInfo& segment = moment.measurements.segment();
    SegmentRow row;
    row.clip = stream_.clip().name;
    row.cell = cell.id;
    row.segment = segment.index;
    row.configuration = delivery.configuration.text();
    row.ledger = bill.ledger;
    row.kbps = kbit_per_second(bill.ledger.uplink_bytes, segment.duration);
    row.kept_frames =
        static_cast<int>(moment.measurements.encoding(delivery.configuration)->kept.size());
    row.accuracy = accuracy(moment, delivery);
    row.relative_bandwidth = static_cast<double>(bill.ledger.uplink_bytes) /
                             static_cast<double>(referee_.reference_bytes(moment.measurements));
    if (cell.id.weight) {
        const double gpu = bill.ledger.gflop /
                           (world_.forward_gflop *
                            static_cast<double>(referee_.reference_frames(moment.measurements)));
        const double cost =
            (1.0 - plan_.gpu_share) * row.relative_bandwidth + plan_.gpu_share * gpu;
        row.objective = row.accuracy - *cell.id.weight * cost;
    }
    row.delay = bill.delay;
    cell.rows.push_back(std::move(row));
    for (const AccGradNote& note : bill.notes) {
        cell.accgrad.push_back(
            {stream_.clip().name, cell.id, segment.index, note.knob, note.dearer.get(note.knob, 0),
             note.cheaper.get(note.knob, 0), note.estimate,
             moment.accuracy(note.dearer, referee_) - moment.accuracy(note.cheaper, referee_)});
    }
}

void ClipReplay::play_all(Moment& moment, Batch& batch) {
    for (const auto& cell : cells_) {
        if (cell->use == SchemeUse::yardstick) continue;
        batch.add([this, &moment, &cell = *cell] { play(cell, moment); });
    }
}

void ClipReplay::run() {
    std::shared_ptr<Moment> now;
    std::shared_ptr<Moment> ahead = next_moment();
    while (now || ahead) {
        Batch batch(workers_);
        if (ahead) measure_grid(*ahead, batch);
        if (now) play_all(*now, batch);
        std::shared_ptr<Moment> later = ahead ? next_moment() : nullptr;
        batch.wait();
        if (now) ++played_;
        now = std::move(ahead);
        ahead = std::move(later);
    }
    if (needs_grid_) play_yardsticks();
}

void ClipReplay::play_yardsticks() {
    // All is measured by now, so that several segments at once cost little memory, and cells wait
    // for each other less often.
    constexpr std::size_t kSegmentsAtOnce = 8;
    const auto next = [this] {
        std::vector<std::shared_ptr<Moment>> moments;
        while (moments.size() < kSegmentsAtOnce) {
            auto moment = next_moment();
            if (!moment) break;
            moment->remember(hindsight_.grid, hindsight_.points.at(static_cast<std::size_t>(
                                                  moment->measurements.segment().index)));
            moments.push_back(std::move(moment));
        }
        return moments;
    };
    stream_.rewind();
    for (auto moments = next(); !moments.empty(); moments = next()) {
        Batch batch(workers_);
        for (const auto& cell : cells_) {
            if (cell->use != SchemeUse::yardstick) continue;
            batch.add([this, &moments, &cell = *cell] {
                for (const auto& moment : moments) play(cell, *moment);
            });
        }
        batch.wait();
    }
}

void ClipReplay::collect(RunResult& result, const std::string& failure) {
    for (const auto& cell : cells_) {
        if (!failure.empty()) {
            std::erase_if(cell->rows, [this](const auto& row) { return row.segment >= played_; });
            std::erase_if(cell->accgrad,
                          [this](const auto& row) { return row.segment >= played_; });
            SegmentRow row;
            row.clip = stream_.clip().name;
            row.cell = cell->id;
            row.segment = static_cast<int>(cell->rows.size());
            row.status = "error: " + failure;
            cell->rows.push_back(std::move(row));
        }
        std::ranges::move(cell->rows, std::back_inserter(result.segments));
        std::ranges::move(cell->accgrad, std::back_inserter(result.accgrad));
    }
}

}  // namespace oneadapt
