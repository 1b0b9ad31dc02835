#pragma once

#include <cmath>

#include "fuzz/fuzz.hpp"
#include "testbed/series.hpp"

namespace oneadapt::fuzz {

/// What holds for every series that is taken: there is never less of it later, and what is asked
/// for comes at a time that is known, or never where there is nothing but zeros.
inline void check_series(const Series& series) {
    double before = 0;
    for (const double seconds : {0.0, 0.001, 0.9, 1.0, 7.5, 3600.0}) {
        const double amount = series.amount({0}, {seconds});
        demand(std::isfinite(amount) && amount >= before * (1 - 1e-9), "amounts grow");
        before = amount;
    }
    for (const double start : {0.0, 0.5, 1000.0}) {
        const double there = series.reach({start}, 1500).value;
        demand(there >= start && (std::isfinite(there) || before == 0), "an amount is reached");
    }
}

}  // namespace oneadapt::fuzz
