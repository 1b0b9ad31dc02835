#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "run/experiment.hpp"
#include "run/plan.hpp"

namespace oneadapt {

/// What a cell asks of its grid. An evaluation is a segment encoded and analysed under one
/// configuration.
struct CellForecast {
    std::int64_t evaluations = 0;
    std::int64_t lacking = 0;  ///< that neither the trace has nor a cell before asks for
    double seconds = 0;        ///< that a worker takes for them, by the device profile
    /// Clips of unknown length: never recorded, and not at hand.
    std::vector<std::string> unknown = {};
};

/// Says what cells would measure, from the trace alone: nothing is encoded, analysed or written.
/// Schemes that do not need the whole grid ask for a part of it; those that tune regions, and
/// gradients, ask for more than the grid has.
class Forecast {
  public:
    explicit Forecast(const Execution& execution);
    ~Forecast();

    /// The next cell. Throws what open_session() throws of it.
    CellForecast add(const Cell& cell);

    /// What an evaluation takes in the trace, in bytes; nothing where the trace has none.
    std::optional<double> bytes_per_evaluation();

  private:
    Session open(const RunSpec& spec);
    void add_clip(const Session& session, const ClipSpec& clip, CellForecast& cell);

    Execution execution_;
    Shared shared_;                 ///< of the trace, if there is one
    Shared scratch_;                ///< of an empty trace, for what the trace does not know
    std::filesystem::path folder_;  ///< where that lies
    std::set<Hash128> counted_;     ///< evaluations that are lacking
};

}  // namespace oneadapt
