#include "testbed/prices.hpp"

namespace oneadapt {
namespace {

double share(double weight, double paid, double reference) {
    return reference > 0 ? weight * (paid / reference) : 0.0;
}

}  // namespace

double Prices::cost(const Ledger& paid, const Ledger& reference) const {
    return difference(paid, Ledger{}, reference);
}

double Prices::difference(const Ledger& a, const Ledger& b, const Ledger& reference) const {
    return share(bandwidth, static_cast<double>(a.uplink_bytes - b.uplink_bytes),
                 static_cast<double>(reference.uplink_bytes)) +
           share(gpu, a.gflop - b.gflop, reference.gflop) +
           share(energy, a.energy_j - b.energy_j, reference.energy_j);
}

}  // namespace oneadapt
