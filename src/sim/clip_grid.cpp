#include "measure/encode.hpp"
#include "sim/clip_cells.hpp"

/// The grid of configurations that some schemes need measured, and those that know all of it.
namespace oneadapt {

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

void ClipReplay::encode_grid(Moment& moment, Batch& batch) {
    for (const Configuration& configuration : hindsight_.grid) {
        batch.add([this, &moment, &configuration] {
            try {
                moment.lab.take(Encode{EncodePlan(as_sent(configuration))});
            } catch (const std::exception&) {  // measure() meets it again, and says where
            }
        });
    }
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
            encode_grid(*moment, batch);
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

}  // namespace oneadapt
