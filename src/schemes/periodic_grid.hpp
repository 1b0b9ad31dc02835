#pragma once

#include "schemes/profiling.hpp"

namespace oneadapt {

/// The baseline of OneAdapt's code for AWStream and CASVA: minimise (1 - F1) + weight x bytes /
/// previous bytes over a coarse grid, at once, again when the budget of extra inferences has paid
/// for it.
class PeriodicGrid final : public Scheme {
  public:
    /// Reads the two parameters.
    explicit PeriodicGrid(const SchemeSetting& setting);

    static ParameterSpec stride(double otherwise);
    static ParameterSpec compute_limit();

    Delivery play(Testbed& testbed) override;

  private:
    double weight_;
    std::vector<Configuration> grid_;
    int frames_per_segment_;
    int next_profile_ = 0;
    Configuration current_;
};

}  // namespace oneadapt
