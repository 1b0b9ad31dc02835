#pragma once

#include <cstddef>
#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// OneAdapt as published, for global encoding knobs (SoCC'23, and its authors' code): positions
/// climb the estimated gradient by Adam, one step per segment for all knobs at once.
SchemeKind oneadapt();

/// Adam with the constants of the authors' code, on positions in [1e-7, 1], 1 = most expensive.
class AdamPositions {
  public:
    AdamPositions(std::size_t knobs, double learning_rate, double beta);

    /// One step down `loss_gradient` (d loss / d position).
    void step(const std::vector<double>& loss_gradient);

    double position(std::size_t knob) const { return positions_.at(knob); }
    /// The applied index of a knob with n values: the dearer neighbour of its position. The
    /// cheapest value is never applied.
    std::size_t index(std::size_t knob, std::size_t n) const;

  private:
    double learning_rate_;
    double beta_;
    int steps_ = 0;
    std::vector<double> positions_;
    std::vector<double> mean_;
    std::vector<double> square_;
};

}  // namespace oneadapt
