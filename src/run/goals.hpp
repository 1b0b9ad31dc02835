#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/spec.hpp"
#include "testbed/prices.hpp"
#include "testbed/world.hpp"

/// What a run is played for, of what its spec says.
namespace oneadapt {

/// A row of the table of goals that are constraints.
struct GoalKind {
    const char* name;
    const char* summary;
    bool bounds_accuracy;  ///< else energy
};

const std::vector<GoalKind>& goal_table();
std::vector<std::string> goal_names();
/// Throws UsageError with the list of valid ones.
const GoalKind& find_goal(const std::string& name);

/// Refuses a bound that cannot be: an accuracy outside (0, 1], any other outside (0, 1e9], or one
/// given twice.
void check_bounds(const RunSpec& spec);

/// The goals of a run: one for each weight; or, with a goal, for each deadline with each bound.
/// Throws UsageError for what contradicts itself, or lacks something.
std::vector<Goal> choose_goals(const RunSpec& spec);

/// Mean accuracies by Dnn::name, of a CSV `dnn,score,accuracy`, of that way to score. Throws
/// InputError naming file and line.
Accuracies load_accuracies(const std::filesystem::path& csv, const std::string& score);

}  // namespace oneadapt
