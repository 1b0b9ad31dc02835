#pragma once

#include <vector>

namespace oneadapt {

/// What a power cap does to a device, as a law.
///
/// Assumptions: at a frequency f, of the highest F, a busy device draws
/// static + (peak - static) (f/F)^3, as CMOS does whose voltage follows its frequency; under a cap
/// it runs at the highest frequency that keeps to it; and a share `frequency_bound` (beta) of the
/// work waits for the clock, the rest for memory, so that it takes 1 + beta (F/f - 1) times as long
/// (the beta metric of Hsu and Kremer, PLDI'03, and of Etinski et al.).
struct PowerLaw {
    std::vector<double> caps_watts;  ///< descending; empty = the device has no caps
    double static_watts = 0;         ///< drawn whatever the frequency
    double frequency_bound = 1;      ///< beta, in [0,1]

    /// f/F under a cap, of something that draws `peak_watts` without one; above static_watts both.
    double frequency(double cap_watts, double peak_watts) const;
    /// How many times as long it takes.
    double slowdown(double cap_watts, double peak_watts) const;

    friend bool operator==(const PowerLaw&, const PowerLaw&) = default;
};

}  // namespace oneadapt
