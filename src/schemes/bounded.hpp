#pragma once

#include <functional>
#include <vector>

#include "schemes/dials.hpp"
#include "schemes/reference_size.hpp"
#include "schemes/scheme.hpp"

namespace oneadapt {

/// Mean of all values seen so far.
class LongRunMean {
  public:
    void add(double value) {
        ++count_;
        mean_ += (value - mean_) / count_;
    }
    /// `value` in units of the mean; 0 while the mean is 0.
    double relative(double value) const { return mean_ > 0 ? value / mean_ : 0.0; }

  private:
    double count_ = 0;
    double mean_ = 0;
};

/// A bounded update of OneAdapt's gradient: the estimate's size, relative to its long-run mean, is
/// weighed against the bytes saved, and a knob moves at most half a step towards cheap and one
/// towards expensive per segment.
class BoundedUpdate {
  public:
    /// What going from a dearer encode to a cheaper one saves beside what prices weigh, in
    /// accuracy.
    using AlsoSaved = std::function<double(const Encoding& dearer, const Encoding& cheaper)>;

    /// Of the knobs of `space`, which outlives it, at a price of what the testbed's prices weigh.
    BoundedUpdate(const KnobSpace& space, const RegionGrid& regions, const Parameters& parameters,
                  double weight, bool uses_dnn);

    /// Of the update itself, and of one that uses the DNN's gradient.
    static std::vector<ParameterSpec> parameters(bool uses_dnn);

    /// The configuration to play next.
    Configuration decide();

    /// Learns from what was received and analysed by that DNN; returns what it predicts.
    std::vector<AccGradNote> learn(Testbed& testbed, const OnServer<Received>& received, DnnId dnn,
                                   const AlsoSaved& also = {});

    /// Takes every knob a value cheaper: for who was too late to learn anything.
    void retreat();

  private:
    /// What a configuration loses, R(c) by the DNN's saliency and D(c) by pixels alone, split
    /// between the dials of a knob.
    struct Loss {
        std::vector<double> saliency;
        std::vector<double> difference;

        double saliency_sum() const;
        double difference_sum() const;
    };

    /// The dearer and the cheaper neighbour of a knob's places: one encode has all its dials at the
    /// dearer, another at the cheaper.
    struct Trial {
        std::size_t knob = 0;
        Configuration at_dear;
        Configuration at_cheap;
        std::shared_ptr<const Encoding> dearer;
        std::shared_ptr<const Encoding> cheaper;
    };

    Loss loss(std::size_t knob, const TileMap& saliency, const Encoding& encoding) const;
    Trial encode(Testbed& testbed, std::size_t k) const;
    AccGradNote move(Testbed& testbed, const Trial& trial, const TileMap& saliency,
                     const AlsoSaved& also);

    const KnobSpace& space_;
    double weight_;
    bool uses_dnn_;
    double floor_;
    double difference_share_;
    Dials dials_;
    double cheaper_step_;
    double dearer_step_;
    ReferenceSize reference_;
    std::vector<double> places_;  ///< index position of each dial, 0 = most expensive
    Indices applied_;             ///< of each dial
    LongRunMean saliency_mean_;
    LongRunMean difference_mean_;
};

/// The bounded update as a scheme.
SchemeKind oneadapt_bounded();

/// The bounded update on plain pixel difference: OneAdapt without a DNN, and without its cost.
SchemeKind pixel_difference();

}  // namespace oneadapt
