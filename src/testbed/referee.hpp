#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "dnn/ground_truth.hpp"
#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"
#include "dnn/task.hpp"
#include "measure/lab.hpp"
#include "testbed/driver.hpp"
#include "testbed/world.hpp"

namespace oneadapt {

/// Scores what schemes deliver. No scheme can reach it: it alone knows the reference output.
class Referee {
  public:
    /// Scores against the DNN's own output at the world's reference configuration, or, when given,
    /// against the truth.
    Referee(const World& world, std::unique_ptr<GroundTruth> truth)
        : world_(world), truth_(std::move(truth)) {}

    /// What is right for the lab's segment: the reference output, or null where the truth knows.
    Later<Output> right(Lab& lab) const;

    /// Accuracy in [0,1] in each frame of a segment of what is said in that frame of an output, or
    /// in frame `frame` of it. Null says nothing.
    std::vector<double> frame_accuracies(const SegmentInfo& segment, const Later<Output>& right,
                                         const Later<Output>& said,
                                         std::optional<std::size_t> frame) const;

    /// What is right in each frame of a segment, where the task is one of boxes.
    std::vector<FrameBoxes> boxes(const SegmentInfo& segment, const Later<Output>& right) const;

    /// What the segment costs at the reference configuration.
    Ledger reference(Lab& lab) const;
    const World& world() const { return world_; }

  private:
    const World& world_;
    std::unique_ptr<GroundTruth> truth_;
};

/// The scores of one segment, each worked out once however many cells ask. Safe to use from several
/// threads.
class Scores {
  public:
    Scores(const Referee& referee, Lab& lab) : referee_(referee), lab_(lab) {}

    /// Mean accuracy over the segment's frames.
    double accuracy(const std::vector<FrameResult>& frames);
    /// Accuracy of a whole output, and of what the server sees under a configuration.
    double accuracy(const Later<Output>& output);
    double accuracy(const Configuration& configuration);
    /// Mean over the frames of the utility of what the server sees under a configuration; absent
    /// where the task has none, see Task::utility.
    std::optional<double> utility(const Configuration& configuration);
    /// What the segment costs at the reference configuration.
    const Ledger& reference();
    /// See Referee::boxes().
    std::vector<FrameBoxes> boxes() { return referee_.boxes(lab_.segment(), right()); }
    /// Takes over what an earlier pass over this segment found.
    void remember(const Configuration& configuration, double accuracy);

  private:
    /// An output, and its frame where one is meant for all.
    using Key = std::pair<const void*, std::optional<std::size_t>>;
    const Later<Output>& right();
    std::span<const double> scores(const Later<Output>& said, std::optional<std::size_t> frame);
    std::span<const double> make_scores(const Later<Output>& said,
                                        std::optional<std::size_t> frame);

    const Referee& referee_;
    Lab& lab_;
    std::once_flag right_once_;
    Later<Output> right_;
    std::once_flag reference_once_;
    Ledger reference_;
    std::mutex mutex_;
    std::map<Key, std::span<const double>> scores_;
    std::vector<Later<Output>> kept_;          ///< so that no address is used twice
    std::deque<std::vector<double>> unnamed_;  ///< scores of what is not a measurement
    std::map<Configuration, double> configurations_;
};

}  // namespace oneadapt
