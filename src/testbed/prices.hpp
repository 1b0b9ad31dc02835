#pragma once

#include <optional>

#include "support/units.hpp"
#include "testbed/ledger.hpp"

namespace oneadapt {

/// What bandwidth, GPU work and energy weigh in the cost of something; they add up to 1.
struct Prices {
    double bandwidth = 1;
    double gpu = 0;
    double energy = 0;

    /// Bandwidth and GPU work, the latter by its share in [0,1].
    static Prices of_gpu_share(double share) { return {1.0 - share, share, 0}; }

    /// What was paid, as a share of what the reference pays, each resource by its weight. What the
    /// reference does not pay for costs nothing. The only formula of cost there is.
    double cost(const Ledger& paid, const Ledger& reference) const;

    /// cost(a) - cost(b), without the rounding of either.
    double difference(const Ledger& a, const Ledger& b, const Ledger& reference) const;

    friend auto operator<=>(const Prices&, const Prices&) = default;
};

/// What a cell is played for.
struct Goal {
    std::optional<double> weight =
        {};  ///< price of cost in accuracy; absent where nothing is weighed
    Prices prices = {};
    /// From the end of a segment's capture, of the results of all its frames; what is delivered
    /// later does not count.
    std::optional<SimSeconds> deadline = {};
    std::optional<double> min_accuracy = {};  ///< then energy is to be least
    std::optional<double> max_energy_j = {};  ///< the server's, of a segment; then accuracy most

    /// The weight, 0 where there is none.
    double price() const { return weight.value_or(0.0); }

    friend auto operator<=>(const Goal&, const Goal&) = default;
};

}  // namespace oneadapt
