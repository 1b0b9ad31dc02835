#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <tuple>
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
    OutputPtr right(Lab& lab) const;

    /// Accuracy in [0,1] of what is said for `frame` of a segment; null says nothing.
    double frame_accuracy(const SegmentInfo& segment, const OutputPtr& right, std::size_t frame,
                          const FrameOutput* said, std::optional<double> threshold) const;

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
    double accuracy(const OutputPtr& output);
    double accuracy(const Configuration& configuration);
    /// What the segment costs at the reference configuration.
    const Ledger& reference();
    /// Takes over what an earlier pass over this segment found.
    void remember(const Configuration& configuration, double accuracy);

  private:
    using Key = std::tuple<const Output*, std::size_t, std::size_t>;
    const OutputPtr& right();
    double frame(const FrameResult& result, std::size_t place);

    const Referee& referee_;
    Lab& lab_;
    std::once_flag right_once_;
    OutputPtr right_;
    std::once_flag reference_once_;
    Ledger reference_;
    std::mutex mutex_;
    std::map<Key, double> frames_;  ///< of an output's frame at a place of the segment
    std::map<const Output*, double> whole_;
    std::vector<OutputPtr> kept_;  ///< so that no address is used twice
    std::map<Configuration, double> configurations_;
};

}  // namespace oneadapt
