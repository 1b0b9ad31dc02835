#pragma once

#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <asio/thread_pool.hpp>

#include "sim/clip_stream.hpp"
#include "sim/replay.hpp"
#include "sim/task_pool.hpp"
#include "support/errors.hpp"
#include "testbed/referee.hpp"
#include "testbed/world.hpp"

namespace oneadapt {

/// Why a cell could not be played on.
struct Fault {
    std::string message;
    ExitCode code = ExitCode::internal;
    std::exception_ptr error;
};

/// Plays all cells of a run on one clip.
///
/// First all schemes that live in the priced world, segment after segment, the grid that some of
/// them need one segment ahead of them; then, with everything measured, those with hindsight.
class ClipReplay {
  public:
    ClipReplay(const ReplayPlan& plan, const ClipSpec& clip, Trace& trace,
               asio::thread_pool& workers, const ReplayProgress& progress);
    ~ClipReplay();

    /// A cell's fault, or the clip's, is kept for collect(); any other is thrown.
    void run();

    /// The error of a cell of that run, when all of them failed.
    std::exception_ptr failure(std::size_t run) const;

    /// Hands out the rows of that run, in the order cell, segment, and says what failed. A failed
    /// cell keeps the segments that it had played and ends with a row of its error. To be called
    /// run by run, in their order: what no later run has is moved out.
    void collect(std::size_t run, ReplayOutcome& outcome);

  private:
    struct Cell;
    struct Moment;
    /// Segments in their order, that cells play one after the other without waiting for each other:
    /// many as long as nobody reads frames, else one, so that few frames are in memory.
    using Lot = std::deque<std::shared_ptr<Moment>>;

    void make_cells();
    std::shared_ptr<Moment> next_moment();
    Lot next_lot();
    bool reading() const { return stream_.reads() != reads_before_; }
    /// What all of measure() needs first: nobody then waits while the reference is encoded.
    void encode_grid(Moment& moment, Batch& batch);
    void measure_grid(const Lot& lot, Batch& batch);
    void finish_grid(const Lot& lot);
    void measure(Moment& moment, std::size_t place);
    void play(Cell& cell, Moment& moment) const;
    void score(Cell& cell, Moment& moment, const Delivery& delivery, Bill& bill) const;
    AccGradRow accgrad_row(const CellId& cell, const SegmentInfo& segment, const AccGradNote& note,
                           Scores& scores) const;
    void play_lot(Cell& cell, const Lot& lot) const;
    void play_all(const Lot& lot, bool hindsight, Batch& batch);
    void finish(Lot lot, bool hindsight);
    void play_priced();
    void play_with_hindsight();
    void expect_work() const;

    const ReplayPlan& plan_;
    Trace& trace_;
    asio::thread_pool& workers_;
    const ReplayProgress& progress_;
    ClipStream stream_;
    World world_;
    ServerFuture future_{world_};
    Referee referee_;
    bool needs_grid_ = false;
    Hindsight hindsight_;
    std::mutex faults_mutex_;
    /// By segment and place in the grid.
    std::map<std::pair<int, std::size_t>, Fault> grid_faults_;
    std::vector<std::unique_ptr<Cell>> cells_;
    std::size_t lot_size_ = 1;
    int reads_before_ = 0;       ///< of the stream, when the batch at work began
    std::exception_ptr broken_;  ///< the recording; what came before is played to its end
};

}  // namespace oneadapt
