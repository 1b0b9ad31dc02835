#pragma once

#include "measure/differentiate.hpp"
#include "measure/encode.hpp"
#include "measure/repeats.hpp"
#include "testbed/prices.hpp"
#include "testbed/referee.hpp"

namespace oneadapt {

/// What a yardstick may look at of the segment at hand, for nothing and before it plays. Whoever
/// plays the cells makes it: no other scheme can, as none has a laboratory.
class Foresight {
  public:
    /// Refers to all of them.
    Foresight(const World& world, Lab& lab, Scores& scores, const Prices& prices)
        : world_(world), lab_(lab), scores_(scores), prices_(prices) {}

    /// What encoding, sending and analysing that costs and brings.
    struct Outcome {
        double cost = 0;  ///< see Prices::cost()
        double accuracy = 0;
    };
    Outcome outcome(const EncodePlan& plan);

    /// What the DNN says of the segment at the reference configuration, and of single frames of it.
    const Output& reference();
    Repeats repeats();
    /// DNNGrad of the last frame at the reference configuration.
    std::shared_ptr<const DnnGrad> gradient(double floor);
    std::shared_ptr<const Encoding> encoding(const Configuration& configuration);
    /// What playing a configuration costs.
    double cost(const Configuration& configuration);

    const SegmentInfo& segment() const { return lab_.segment(); }
    const RegionGrid& regions() const { return world_.regions; }
    /// Detections with a score above it count.
    double threshold() const { return world_.dnns.front().dnn->threshold; }

  private:
    const World& world_;
    Lab& lab_;
    Scores& scores_;
    const Prices& prices_;
};

}  // namespace oneadapt
