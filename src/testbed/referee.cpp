#include "testbed/referee.hpp"

#include <algorithm>
#include <iterator>

#include "measure/encode.hpp"
#include "measure/infer.hpp"
#include "measure/score.hpp"

namespace oneadapt {

Later<Output> Referee::right(Lab& lab) const {
    return truth_ ? Later<Output>() : lab.later(world_.infer(world_.space.reference()));
}

std::vector<double> Referee::frame_accuracies(const SegmentInfo& segment,
                                              const Later<Output>& right, const Later<Output>& said,
                                              std::optional<std::size_t> frame) const {
    static const FrameOutput kNothing;
    const Output* output = said ? said.get().get() : nullptr;
    const std::optional<double> threshold = output ? output->threshold : std::nullopt;
    std::vector<double> scores;
    for (std::size_t place = 0; place < static_cast<std::size_t>(segment.frames); ++place) {
        const FrameOutput& result = output ? output->frames.at(frame.value_or(place)) : kNothing;
        if (truth_) {
            scores.push_back(truth_->accuracy(segment, place, result, threshold));
            continue;
        }
        const Output& reference = *right.get();
        scores.push_back(
            world_.task.accuracy(result, reference.frames.at(place),
                                 Scoring(world_.sidecar, threshold, reference.threshold)));
    }
    return scores;
}

std::vector<FrameBoxes> Referee::boxes(const SegmentInfo& segment,
                                       const Later<Output>& right) const {
    std::vector<FrameBoxes> frames;
    if (!world_.task.boxes) return frames;
    for (std::size_t i = 0; i < static_cast<std::size_t>(segment.frames); ++i) {
        if (truth_) {
            frames.push_back(truth_->boxes(segment, i));
            continue;
        }
        const Output& reference = *right.get();
        const double threshold = reference.threshold.value_or(world_.sidecar.score_threshold);
        FrameBoxes& boxes = frames.emplace_back();
        std::ranges::copy_if(
            reference.frames.at(i).detections, std::back_inserter(boxes.demanded.detections),
            [&](const Detection& box) { return static_cast<double>(box.score) > threshold; });
    }
    return frames;
}

Ledger Referee::reference(Lab& lab) const {
    const Configuration& reference = world_.space.reference();
    return world_.plain(reference, *lab.take(Encode{EncodePlan(reference)}));
}

const Later<Output>& Scores::right() {
    std::call_once(right_once_, [this] { right_ = referee_.right(lab_); });
    return right_;
}

const Ledger& Scores::reference() {
    std::call_once(reference_once_, [this] { reference_ = referee_.reference(lab_); });
    return reference_;
}

std::span<const double> Scores::make_scores(const Later<Output>& said,
                                            std::optional<std::size_t> frame) {
    const auto make = [&] {
        return referee_.frame_accuracies(lab_.segment(), right(), said, frame);
    };
    if (right().name() && said.name()) {
        const Hash128 name =
            score_name(referee_.world().scoring, *said.name(), frame, *right().name());
        return lab_.digest()->get(name, make);
    }
    std::vector<double> made = make();
    const std::lock_guard lock(mutex_);
    return unnamed_.emplace_back(std::move(made));
}

std::span<const double> Scores::scores(const Later<Output>& said,
                                       std::optional<std::size_t> frame) {
    const Key key{said.place(), frame};
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = scores_.find(key); found != scores_.end()) return found->second;
    }
    const std::span<const double> made = make_scores(said, frame);
    const std::lock_guard lock(mutex_);
    if (scores_.emplace(key, made).second) kept_.push_back(said);
    return made;
}

double Scores::accuracy(const std::vector<FrameResult>& frames) {
    bool whole = !frames.empty() && frames.front().output;
    for (std::size_t i = 0; whole && i < frames.size(); ++i) {
        whole = frames[i].output == frames.front().output && frames[i].frame == i;
    }
    if (whole && frames.size() == static_cast<std::size_t>(lab_.segment().frames)) {
        return accuracy(frames.front().output);
    }
    double sum = 0;
    std::span<const double> same;  // of the frame before, mostly
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const FrameResult& now = frames[i];
        if (i == 0 || !now.same_as(frames[i - 1])) same = scores(now.output, now.frame);
        sum += same[i];
    }
    return sum / static_cast<double>(frames.size());
}

double Scores::accuracy(const Later<Output>& output) {
    return mean_of(scores(output, std::nullopt));
}

double Scores::accuracy(const Configuration& configuration) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = configurations_.find(configuration);
        if (found != configurations_.end()) return found->second;
    }
    const double found = accuracy(lab_.later(referee_.world().infer(configuration)));
    remember(configuration, found);
    return found;
}

std::optional<double> Scores::utility(const Configuration& configuration) {
    const World& world = referee_.world();
    if (world.task.utility == nullptr) return std::nullopt;
    const Later<Output> said = lab_.later(world.infer(configuration));
    const auto make = [&] {
        std::vector<double> utilities;
        for (const FrameOutput& frame : said.get()->frames) {
            utilities.push_back(world.task.utility(frame, world.sidecar));
        }
        return utilities;
    };
    if (!said.name()) return mean_of(make());
    return mean_of(lab_.digest()->get(utility_name(world.scoring, *said.name()), make));
}

void Scores::remember(const Configuration& configuration, double accuracy) {
    const std::lock_guard lock(mutex_);
    configurations_.emplace(configuration, accuracy);
}

}  // namespace oneadapt
