#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "dnn/task.hpp"
#include "measure/infer.hpp"

namespace oneadapt {

/// What numbers that compare outputs of a task depend on beside the outputs.
Hash128 scoring_name(const Task& task, const Sidecar& sidecar);

/// The name of the accuracies of what is `said` in every frame, or in frame `frame` of it as if it
/// were said in every frame, against what is right.
Hash128 score_name(const Hash128& scoring, const Hash128& said, std::optional<std::size_t> frame,
                   const Hash128& right);

/// The name of the utilities of what is `said` in every frame.
Hash128 utility_name(const Hash128& scoring, const Hash128& said);

/// Mean accuracy of an output of the lab's segment against another, see segment_accuracy(); worked
/// out once where both are measurements. `scoring` is scoring_name().
double mean_score(Lab& lab, const Later<Output>& said, const Later<Output>& right, const Task& task,
                  const Sidecar& sidecar, const Hash128& scoring);

/// The accuracies in every frame that mean_score() is the mean of; of what is said in frame `frame`
/// of the output as if it were said in every frame, where one is given.
std::vector<double> frame_scores(Lab& lab, const Later<Output>& said,
                                 std::optional<std::size_t> frame, const Later<Output>& right,
                                 const Task& task, const Sidecar& sidecar, const Hash128& scoring);

/// Whether an output of the lab's segment has nothing in it that counts, see says_nothing(); worked
/// out once where it is a measurement.
bool silent(Lab& lab, const Later<Output>& said, const Sidecar& sidecar, const Hash128& scoring);

/// Sum over count, in their order.
double mean_of(std::span<const double> scores);

}  // namespace oneadapt
