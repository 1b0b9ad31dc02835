#pragma once

#include <vector>

#include "dnn/task.hpp"
#include "measure/lab.hpp"

namespace oneadapt {

/// What a DNN's output would have been worth, had some of its frames been dropped and each repeated
/// what was said of the last one kept. So one inference of a segment serves every threshold of a
/// frame filter (Reducto).
class Repeats {
  public:
    /// Of an output of the lab's segment, against itself; `scoring` is scoring_name().
    Repeats(Lab& lab, const Later<Output>& output, const Task& task, const Sidecar& sidecar,
            const Hash128& scoring);

    std::size_t frames() const { return accuracy_.size(); }
    /// Accuracy in a frame that shows what was said of frame `shown`, at most `frame`.
    double accuracy(std::size_t shown, std::size_t frame) const {
        return accuracy_.at(shown).at(frame);
    }
    /// Mean accuracy when only the frames `kept` (ascending, the first is 0) are analysed.
    double mean(const std::vector<int>& kept) const;

  private:
    std::vector<std::vector<double>> accuracy_;  ///< [shown][frame]
};

}  // namespace oneadapt
