#include "testbed/power.hpp"

#include <algorithm>
#include <cmath>

namespace oneadapt {

double PowerLaw::frequency(double cap_watts, double peak_watts) const {
    return std::cbrt(std::min(1.0, (cap_watts - static_watts) / (peak_watts - static_watts)));
}

double PowerLaw::slowdown(double cap_watts, double peak_watts) const {
    return 1.0 + frequency_bound * (1.0 / frequency(cap_watts, peak_watts) - 1.0);
}

}  // namespace oneadapt
