#include "run/field_groups.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/task.hpp"
#include "media/clip.hpp"
#include "run/field_row.hpp"
#include "run/goals.hpp"
#include "run/lookup.hpp"
#include "schemes/scheme.hpp"

/// What is adapted, and what for.
namespace oneadapt {
namespace {

using field_row::field;
using field_row::names_of;

const std::string kAdapted = "What is adapted";

bool named(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::ranges::find(names, name) != names.end();
}

void check_knobs(const RunSpec& spec) {
    if (!spec.knobs.empty()) KnobSpace::from_names(spec.knobs, {});
}

void check_knob_values(const RunSpec& spec) {
    if (!spec.knobs.empty()) {
        knob_space(spec);
        return;
    }
    for (const auto& [knob, list] : spec.values) KnobSpace::from_names({knob}, {{knob, list}});
}

}  // namespace

std::array<Field, 8> adapted_fields() {
    return {
        field(&RunSpec::task, {.key = "task",
                               .option = "--task",
                               .group = kAdapted,
                               .help = "analytic task",
                               .example = "segment",
                               .choices = names_of(task_table()),
                               .check = [](const RunSpec& s) { find_task(s.task); }}),
        field(&RunSpec::input,
              {.key = "input",
               .option = "--input",
               .group = kAdapted,
               .help = "medium (see `list`)",
               .example = "infrared",
               .otherwise = "the task's first",
               .choices = names_of(media_table()),
               .check = [](const RunSpec& s) { find_task(s.task).input(s.input); }}),
        field(&RunSpec::knobs, {.key = "knobs",
                                .option = "--knob",
                                .group = kAdapted,
                                .help = "knobs",
                                .example = "qp,resolution",
                                .otherwise = "qp, or what else the input has",
                                .choices = names_of(knob_table()),
                                .check = check_knobs,
                                .settle =
                                    [](RunSpec& s) {
                                        std::erase_if(s.values, [&](const auto& item) {
                                            return !named(s.knobs, item.first);
                                        });
                                    }}),
        field(&RunSpec::values, {.key = "values",
                                 .option = "--values",
                                 .group = kAdapted,
                                 .help = "a knob's values, most expensive first",
                                 .example = "qp=20,30,40",
                                 .check = check_knob_values}),
        field(&RunSpec::schemes, {.key = "schemes",
                                  .option = "--scheme",
                                  .group = kAdapted,
                                  .help = "schemes",
                                  .example = "oneadapt,static",
                                  .otherwise = "all of them",
                                  .choices = names_of(scheme_table()),
                                  .check = [](const RunSpec& s) { fitting_schemes(s); },
                                  .settle =
                                      [](RunSpec& s) {
                                          std::erase_if(s.settings, [&](const auto& item) {
                                              return !named(s.schemes, item.first);
                                          });
                                      }}),
        field(&RunSpec::settings, {.key = "settings",
                                   .option = "--set",
                                   .group = kAdapted,
                                   .help = "a scheme's parameter (see `list`)",
                                   .example = "oneadapt.lr=0.05",
                                   .check = [](const RunSpec& s) { choose_schemes(s); }}),
        field(&RunSpec::weights, {.key = "weights",
                                  .option = "--weights",
                                  .group = kAdapted,
                                  .help = "prices in accuracy",
                                  .example = "0.1,1,10",
                                  .otherwise = "nine, log-spaced from 0.02 to 100",
                                  .check = [](const RunSpec& s) { choose_weights(s); }}),
        field(&RunSpec::weight_gpu,
              {.key = "weight_gpu",
               .option = "--weight-gpu",
               .group = kAdapted,
               .help = "share of GPU work in what is priced, bandwidth being the rest",
               .example = "0.5",
               .range = Range{0, 1}}),
    };
}

std::array<Field, 6> goal_fields() {
    const std::string group = "What it is played for, instead of weights";
    return {
        field(&RunSpec::goal,
              {.key = "goal",
               .option = "--goal",
               .group = group,
               .help = fmt::format("constraints: {}", fmt::join(goal_names(), ", ")),
               .example = "min-energy",
               .otherwise = "weights",
               .choices = goal_names(),
               .check =
                   [](const RunSpec& s) {
                       if (!s.goal.empty()) find_goal(s.goal);
                   }}),
        field(&RunSpec::min_accuracy, {.key = "min_accuracy",
                                       .option = "--min-accuracy",
                                       .group = group,
                                       .help = "accuracies to be kept",
                                       .example = "0.85,0.9",
                                       .check = check_bounds}),
        field(&RunSpec::max_energy, {.key = "max_energy",
                                     .option = "--max-energy",
                                     .group = group,
                                     .help = "joules of the server for a segment, to be kept to",
                                     .example = "0.5,1",
                                     .check = check_bounds}),
        field(&RunSpec::max_power, {.key = "max_power",
                                    .option = "--max-power",
                                    .group = group,
                                    .help = "mean watts of the server, to be kept to",
                                    .example = "10,20",
                                    .check = check_bounds}),
        field(&RunSpec::deadline_ms,
              {.key = "deadline_ms",
               .option = "--deadline-ms",
               .group = group,
               .help = "deadlines from the end of a segment's capture to its results' delivery",
               .example = "30,60,120",
               .check = check_bounds}),
        field(&RunSpec::accuracies, {.key = "accuracies",
                                     .option = "--accuracies",
                                     .group = group,
                                     .help = "mean accuracies of the DNNs on other recordings, a "
                                             "dnn,score,accuracy CSV",
                                     .example = "mine.csv",
                                     .otherwise = "the shipped one"}),
    };
}

}  // namespace oneadapt
