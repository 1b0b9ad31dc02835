#include "measure/repeats.hpp"

#include "measure/score.hpp"

namespace oneadapt {

Repeats::Repeats(Lab& lab, const Later<Output>& output, const Task& task, const Sidecar& sidecar,
                 const Hash128& scoring) {
    const auto frames = static_cast<std::size_t>(lab.segment().frames);
    for (std::size_t shown = 0; shown < frames; ++shown) {
        accuracy_.push_back(frame_scores(lab, output, shown, output, task, sidecar, scoring));
    }
}

double Repeats::mean(const std::vector<int>& kept) const {
    double sum = 0;
    std::size_t next = 0;
    for (std::size_t frame = 0; frame < frames(); ++frame) {
        if (next < kept.size() && static_cast<std::size_t>(kept[next]) == frame) ++next;
        sum += accuracy(static_cast<std::size_t>(kept.at(next - 1)), frame);
    }
    return sum / static_cast<double>(frames());
}

}  // namespace oneadapt
