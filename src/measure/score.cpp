#include "measure/score.hpp"

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

Hash128 utility_name(const Hash128& scoring, const Hash128& said) {
    return Hasher().add(scoring).add(std::string_view("utility")).add(said).finish();
}

namespace {

std::vector<double> compare(const Output& result, std::optional<std::size_t> frame,
                            const Output& reference, const Task& task, const Sidecar& sidecar) {
    const Scoring terms(sidecar, result.threshold, reference.threshold);
    std::vector<double> scores;
    for (std::size_t place = 0; place < reference.frames.size(); ++place) {
        scores.push_back(
            task.accuracy(result.frames.at(frame.value_or(place)), reference.frames[place], terms));
    }
    return scores;
}

}  // namespace

std::vector<double> frame_scores(Lab& lab, const Later<Output>& said,
                                 std::optional<std::size_t> frame, const Later<Output>& right,
                                 const Task& task, const Sidecar& sidecar, const Hash128& scoring) {
    const auto make = [&] { return compare(*said.get(), frame, *right.get(), task, sidecar); };
    if (!said.name() || !right.name()) return make();
    const std::span<const double> scores =
        lab.digest()->get(score_name(scoring, *said.name(), frame, *right.name()), make);
    return {scores.begin(), scores.end()};
}

double mean_score(Lab& lab, const Later<Output>& said, const Later<Output>& right, const Task& task,
                  const Sidecar& sidecar, const Hash128& scoring) {
    return mean_of(frame_scores(lab, said, std::nullopt, right, task, sidecar, scoring));
}

bool silent(Lab& lab, const Later<Output>& said, const Sidecar& sidecar, const Hash128& scoring) {
    const auto make = [&] {
        const Output& output = *said.get();
        const double threshold = output.threshold.value_or(sidecar.score_threshold);
        return std::vector<double>{says_nothing(output, threshold) ? 1.0 : 0.0};
    };
    if (!said.name()) return make().front() != 0;
    return lab.digest()
               ->get(
                   Hasher().add(scoring).add(std::string_view("silent")).add(*said.name()).finish(),
                   make)
               .front() != 0;
}

double mean_of(std::span<const double> scores) {
    double sum = 0;
    for (const double score : scores) sum += score;
    return sum / static_cast<double>(scores.size());
}

}  // namespace oneadapt
