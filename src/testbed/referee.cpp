#include "testbed/referee.hpp"

#include "measure/encode.hpp"
#include "measure/infer.hpp"

namespace oneadapt {

OutputPtr Referee::right(Lab& lab) const {
    return truth_ ? nullptr : lab.take(world_.infer(world_.space.reference()));
}

double Referee::frame_accuracy(const SegmentInfo& segment, const OutputPtr& right,
                               std::size_t frame, const FrameOutput* said,
                               std::optional<double> threshold) const {
    static const FrameOutput kNothing;
    const FrameOutput& result = said ? *said : kNothing;
    if (truth_) return truth_->accuracy(segment, frame, result, threshold);
    return world_.task.accuracy(result, right->frames.at(frame),
                                Scoring(world_.sidecar, threshold, right->threshold));
}

Ledger Referee::reference(Lab& lab) const {
    const Configuration& reference = world_.space.reference();
    return world_.plain(reference, *lab.take(Encode{EncodePlan(reference)}));
}

const OutputPtr& Scores::right() {
    std::call_once(right_once_, [this] { right_ = referee_.right(lab_); });
    return right_;
}

const Ledger& Scores::reference() {
    std::call_once(reference_once_, [this] { reference_ = referee_.reference(lab_); });
    return reference_;
}

double Scores::frame(const FrameResult& result, std::size_t place) {
    const Key key{result.output.get(), result.frame, place};
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = frames_.find(key); found != frames_.end()) return found->second;
    }
    const Output* output = result.output.get();
    const double accuracy = referee_.frame_accuracy(
        lab_.segment(), right(), place, output ? &output->frames.at(result.frame) : nullptr,
        output ? output->threshold : std::nullopt);
    const std::lock_guard lock(mutex_);
    if (frames_.emplace(key, accuracy).second && output) kept_.push_back(result.output);
    return accuracy;
}

double Scores::accuracy(const std::vector<FrameResult>& frames) {
    bool whole = !frames.empty() && frames.front().output;
    for (std::size_t i = 0; whole && i < frames.size(); ++i) {
        whole = frames[i].output == frames.front().output && frames[i].frame == i;
    }
    if (whole && frames.front().output->frames.size() == frames.size()) {
        return accuracy(frames.front().output);
    }
    double sum = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) sum += frame(frames[i], i);
    return sum / static_cast<double>(frames.size());
}

double Scores::accuracy(const OutputPtr& output) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = whole_.find(output.get()); found != whole_.end()) {
            return found->second;
        }
    }
    double sum = 0;
    for (std::size_t i = 0; i < output->frames.size(); ++i) {
        sum += referee_.frame_accuracy(lab_.segment(), right(), i, &output->frames[i],
                                       output->threshold);
    }
    const double accuracy = sum / static_cast<double>(output->frames.size());
    const std::lock_guard lock(mutex_);
    if (whole_.emplace(output.get(), accuracy).second) kept_.push_back(output);
    return accuracy;
}

double Scores::accuracy(const Configuration& configuration) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = configurations_.find(configuration);
        if (found != configurations_.end()) return found->second;
    }
    const double found = accuracy(lab_.take(referee_.world().infer(configuration)));
    remember(configuration, found);
    return found;
}

void Scores::remember(const Configuration& configuration, double accuracy) {
    const std::lock_guard lock(mutex_);
    configurations_.emplace(configuration, accuracy);
}

}  // namespace oneadapt
