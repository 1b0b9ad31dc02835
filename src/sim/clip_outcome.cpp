#include <algorithm>
#include <iterator>
#include <map>

#include "sim/clip_cells.hpp"

/// What is handed out of a clip that was played.
namespace oneadapt {

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
