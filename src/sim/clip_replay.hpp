#pragma once

#include <map>
#include <memory>
#include <vector>

#include <asio/thread_pool.hpp>

#include "sim/clip_stream.hpp"
#include "sim/replay.hpp"
#include "sim/task_pool.hpp"
#include "testbed/referee.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt {

/// Plays all cells of a run on one clip.
///
/// First all schemes that live in the priced world, segment after segment, the grid that static
/// schemes and yardsticks need one segment ahead of them; then, with everything measured, the
/// yardsticks.
class ClipReplay {
  public:
    ClipReplay(const ReplayPlan& plan, const ClipSpec& clip, Trace& trace,
               asio::thread_pool& workers, const ReplayProgress& progress);
    ~ClipReplay();

    /// Throws what any cell throws; rows() then holds what was played before.
    void run();

    /// Moves the rows out, in the order cell, segment. A failed clip's cells keep the segments that
    /// all of them had played and end with a row of that status.
    void collect(RunResult& result, const std::string& failure);

  private:
    struct Cell;
    struct Moment;

    void make_cells();
    void add_cells(const SchemeChoice& choice);
    std::shared_ptr<Moment> next_moment();
    void measure_grid(Moment& moment, Batch& batch);
    void play(Cell& cell, Moment& moment) const;
    double accuracy(Moment& moment, const Delivery& delivery) const;
    void score(Cell& cell, Moment& moment, const Delivery& delivery,
               const Testbed::Bill& bill) const;
    void play_all(Moment& moment, Batch& batch);
    void play_yardsticks();
    void expect_work() const;

    const ReplayPlan& plan_;
    Trace& trace_;
    asio::thread_pool& workers_;
    const ReplayProgress& progress_;
    ClipStream stream_;
    Referee referee_;
    World world_;
    RegionGrid regions_;
    bool needs_grid_ = false;
    int played_ = 0;  ///< segments that every cell of the priced world has played
    Hindsight hindsight_;
    std::vector<std::unique_ptr<Cell>> cells_;
};

}  // namespace oneadapt
