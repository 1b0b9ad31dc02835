#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "run/experiment.hpp"
#include "run/plan.hpp"

namespace oneadapt {

/// How far a cell is.
struct CellState {
    std::string status;   ///< "ok", "error: ..." or "missing"
    bool played = false;  ///< results of its spec lie in the folder
};

/// The results of a sweep:
///
///     experiment.json             the experiment
///     cells/ID/                   a results folder for each cell; ID is the cell's
///     cells.csv                   a row for each cell: what the axes set, how far it is
///     summary.csv, savings.csv    those of all cells, beside what the axes set
///     settings.csv                likewise, where a cell was played for constraints
///
/// Several processes, also of several machines, may work in one folder at once: each file and each
/// cell's folder appears whole, and what is done twice is done alike.
class SweepFolder {
  public:
    SweepFolder(std::filesystem::path folder, const Experiment& experiment);

    const std::filesystem::path& path() const { return folder_; }
    std::filesystem::path of(const Cell& cell) const;

    /// Makes the folder. Throws OutputError when it holds something else, or cannot be written;
    /// when it holds a sweep of another experiment it does so unless `go_on`, and keeps those of
    /// its cells that are cells of this one. Removes what killed sweeps left unfinished there.
    void claim(bool go_on) const;

    /// Whether the results of the cell, opened as `session`, are there, whole, without failures,
    /// and as this program would write them anew: of the same spec, the same results version, and
    /// the same bytes of each file that they were made of and that is at hand.
    bool finished(const Cell& cell, const Session& session) const;

    /// What there is of a cell, whatever files it was made of.
    CellState state(const Cell& cell) const;

    /// Writes the tables over what there is of those cells: cells.csv, summary.csv, savings.csv
    /// and, where there are constraints, settings.csv. Throws InputError when the results of a cell
    /// are not as this program writes them, and OutputError.
    void collect(const std::vector<Cell>& cells) const;

  private:
    std::filesystem::path folder_;
    nlohmann::json experiment_;
};

/// Of the cell's spec with its defaults, where those can be found.
Hash128 spec_hash_of(const Cell& cell);

/// What `point` sets, as columns: "link", "settings.oneadapt.lr", with the text of each value.
std::vector<std::pair<std::string, std::string>> axis_values(const nlohmann::json& point);

}  // namespace oneadapt
