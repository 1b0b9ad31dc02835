#include "run/goals.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "run/lookup.hpp"
#include "support/csv_table.hpp"
#include "support/errors.hpp"
#include "support/table.hpp"

namespace oneadapt {
namespace {

/// A list of bounds, as the spec has it.
struct Bound {
    const char* option;
    std::vector<double> RunSpec::*values;
    double highest;
};

constexpr double kHighestBound = 1e9;
constexpr Bound kAccuracy = {"--min-accuracy", &RunSpec::min_accuracy, 1};
constexpr Bound kEnergy = {"--max-energy", &RunSpec::max_energy, kHighestBound};
constexpr Bound kPower = {"--max-power", &RunSpec::max_power, kHighestBound};
constexpr Bound kDeadline = {"--deadline-ms", &RunSpec::deadline_ms, kHighestBound};

[[noreturn]] void refuse(const char* option, const std::string& problem,
                         const std::string& remedy) {
    throw UsageError(option, problem, remedy);
}

void forbid(const RunSpec& spec, const Bound& bound, const std::string& why) {
    if (!(spec.*bound.values).empty()) refuse(bound.option, why, "leave it out");
}

void demand(const RunSpec& spec, const Bound& bound) {
    if ((spec.*bound.values).empty()) {
        refuse("--goal", fmt::format("{} needs {}", spec.goal, bound.option), "give it");
    }
}

/// How long a segment lasts, where its rate is known beforehand.
double period_seconds(const RunSpec& spec) {
    const MediaKind& media = find_media(spec.input);
    const std::optional<double> fps = analysis_rate(spec, media);
    if (!fps) {
        refuse(kPower.option, "needs a rate that is known beforehand",
               "give --fps a number, or --max-energy instead");
    }
    return spec.segment_frames.value_or(media.segment_frames) / *fps;
}

std::vector<Goal> weighed(const RunSpec& spec) {
    for (const Bound& bound : {kAccuracy, kEnergy, kPower, kDeadline}) {
        forbid(spec, bound, "bounds nothing without --goal");
    }
    std::vector<Goal> goals;
    for (const double weight : choose_weights(spec)) {
        goals.push_back({.weight = weight, .prices = Prices::of_gpu_share(spec.weight_gpu)});
    }
    return goals;
}

/// The bounds beside the deadline, as goals.
std::vector<Goal> bounds_of(const RunSpec& spec, const GoalKind& kind) {
    std::vector<Goal> goals;
    if (kind.bounds_accuracy) {
        demand(spec, kAccuracy);
        forbid(spec, kEnergy, "contradicts a goal that makes energy least");
        forbid(spec, kPower, "contradicts a goal that makes energy least");
        for (const double bound : spec.min_accuracy) goals.push_back({.min_accuracy = bound});
        return goals;
    }
    forbid(spec, kAccuracy, "contradicts a goal that makes accuracy most");
    if (!spec.max_power.empty()) forbid(spec, kEnergy, "says what --max-power says");
    if (spec.max_power.empty()) demand(spec, kEnergy);
    for (const double joules : spec.max_energy) goals.push_back({.max_energy_j = joules});
    for (const double watts : spec.max_power) {
        goals.push_back({.max_energy_j = watts * period_seconds(spec)});
    }
    return goals;
}

void check_bound(const RunSpec& spec, const Bound& bound) {
    std::set<double> seen;
    for (const double value : spec.*bound.values) {
        if (value > 0 && value <= bound.highest && seen.insert(value).second) continue;
        refuse(bound.option,
               fmt::format("{} is not above 0, above {} or given twice", value, bound.highest),
               fmt::format("give different numbers above 0 and up to {}", bound.highest));
    }
}

}  // namespace

const std::vector<GoalKind>& goal_table() {
    static const std::vector<GoalKind> table = {
        {"min-energy", "least energy of the server that keeps accuracy and deadline", true},
        {"max-accuracy", "most accuracy that keeps to an energy of the server and a deadline",
         false},
    };
    return table;
}

std::vector<std::string> goal_names() {
    std::vector<std::string> names;
    for (const GoalKind& kind : goal_table()) names.emplace_back(kind.name);
    return names;
}

const GoalKind& find_goal(const std::string& name) {
    return find_row(goal_table(), name, "goal");
}

void check_bounds(const RunSpec& spec) {
    for (const Bound& bound : {kAccuracy, kEnergy, kPower, kDeadline}) check_bound(spec, bound);
}

std::vector<Goal> choose_goals(const RunSpec& spec) {
    check_bounds(spec);
    if (spec.goal.empty()) return weighed(spec);
    if (!spec.weights.empty()) refuse("--weights", "contradicts --goal", "leave one of them out");
    if (spec.weight_gpu != 0) refuse("--weight-gpu", "contradicts --goal", "leave one of them out");
    demand(spec, kDeadline);
    std::vector<Goal> goals;
    for (const double ms : spec.deadline_ms) {
        for (Goal goal : bounds_of(spec, find_goal(spec.goal))) {
            goal.deadline = SimSeconds{ms / 1000};
            goals.push_back(goal);
        }
    }
    return goals;
}

Accuracies load_accuracies(const std::filesystem::path& csv, const std::string& score) {
    static constexpr std::array kColumns = {"dnn", "score", "accuracy"};
    Accuracies accuracies;
    read_table(csv, kColumns, "name a CSV dnn,score,accuracy", [&](const auto& line) {
        const double accuracy = line.number(2, 0, 1);
        if (line.text(1) != score || accuracies.emplace(line.word(0), accuracy).second) return;
        throw InputError(line.where(), fmt::format("'{}' stands there before", line.text(0)),
                         "give each DNN its accuracy once");
    });
    return accuracies;
}

}  // namespace oneadapt
