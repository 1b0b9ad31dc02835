#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "run/spec.hpp"
#include "support/hash.hpp"

namespace oneadapt {

/// A direction in which the runs of an experiment differ: points, each an object with the fields
/// that it changes in the base, as a spec has them.
struct Axis {
    std::vector<nlohmann::json> points;

    friend bool operator==(const Axis&, const Axis&) = default;
};

/// A base and axes: every combination of points is a run.
///
///     {"name": "links", "base": {"task": "detect"},
///      "axes": [{"link": [1, 2, 5]},
///               [{"knobs": ["qp"]}, {"knobs": ["resolution"], "values": {"resolution": [1,
///               0.5]}}]]}
///
/// An axis that moves one field is an object with the list of its values; one that moves several
/// together is a list of objects. Where two axes give the same field, the later one holds; `values`
/// and `settings` are put together knob by knob, parameter by parameter.
struct Experiment {
    std::string name;
    RunSpec base;
    std::vector<Axis> axes;

    friend bool operator==(const Experiment&, const Experiment&) = default;
};

/// One run of an experiment.
struct Cell {
    nlohmann::json point;  ///< the fields that the axes set
    /// What the axes set it to, e.g. "link=2,knobs=qp+resolution": different for different cells,
    /// fit for a file's name, and unmoved by what is added to the experiment elsewhere.
    std::string id;
    RunSpec spec;
    Hash128 hash;  ///< of the spec
};

/// Reads an experiment and checks all of its cells. Throws InputError naming `where` and the place
/// in it: unknown keys, fields, types and values, axes without points, equal cells, or more cells
/// than anyone can run.
Experiment experiment_from_json(const nlohmann::json& object, const std::string& where);
Experiment load_experiment(const std::filesystem::path& file);

/// The inverse of experiment_from_json().
nlohmann::json to_json(const Experiment& experiment);

/// Every cell, the last axis varying fastest. Throws InputError naming `where` and the cell, for
/// specs that cannot be and for cells that are equal.
std::vector<Cell> cells(const Experiment& experiment, const std::string& where);

/// Every count-th cell from that index on: shards 0 to count-1 have each cell once, neighbours
/// apart. Throws UsageError unless 0 <= index < count.
std::vector<Cell> shard(const std::vector<Cell>& all, int index, int count);

}  // namespace oneadapt
