#include "measure/score.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace oneadapt {

Hash128 scoring_name(const Task& task, const Sidecar& sidecar) {
    Hasher hasher;
    hasher.add(Digest::kVersion).add(std::string_view("score")).add(task.name);
    hasher.add(sidecar.score_threshold);
    for (const auto& [index, name] : sidecar.classes) hasher.add(index).add(name);
    return hasher.finish();
}

Hash128 score_name(const Hash128& scoring, const Hash128& said, std::optional<std::size_t> frame,
                   const Hash128& right) {
    constexpr std::size_t kEach = std::numeric_limits<std::size_t>::max();
    return Hasher().add(scoring).add(said).add(frame.value_or(kEach)).add(right).finish();
}

double mean_score(Lab& lab, const Later<Output>& said, const Later<Output>& right, const Task& task,
                  const Sidecar& sidecar, const Hash128& scoring) {
    if (!said.name() || !right.name()) {
        return segment_accuracy(task, *said.get(), *right.get(), sidecar);
    }
    const Hash128 name = score_name(scoring, *said.name(), std::nullopt, *right.name());
    return mean_of(lab.digest()->get(name, [&] {
        const Output& result = *said.get();
        const Output& reference = *right.get();
        const Scoring terms(sidecar, result.threshold, reference.threshold);
        std::vector<double> scores;
        std::ranges::transform(
            result.frames, reference.frames, std::back_inserter(scores),
            [&](const FrameOutput& a, const FrameOutput& b) { return task.accuracy(a, b, terms); });
        return scores;
    }));
}

double mean_of(std::span<const double> scores) {
    double sum = 0;
    for (const double score : scores) sum += score;
    return sum / static_cast<double>(scores.size());
}

}  // namespace oneadapt
