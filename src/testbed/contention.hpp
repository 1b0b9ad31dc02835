#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "testbed/environment.hpp"

namespace oneadapt {

/// A kind of contention on the server's device, drawn by chance: bursts of another program's work
/// that come and go, each with a slowdown of its own, and jitter. After ALERT's environments; the
/// figures are this project's assumptions.
struct ContentionKind {
    const char* name;
    const char* summary;
    double calm_seconds;   ///< mean length without the other program
    double burst_seconds;  ///< mean length with it; 0 = it never comes
    double mildest;        ///< slowdown of a burst, even between this
    double hardest;        ///< and this
    double jitter;         ///< standard deviation of the log of what multiplies each 0.1 s
    double burst_jitter;   ///< the same in a burst
    double idle_ratio;     ///< idle power over power while inferring
    double burst_idle_ratio;
};

const std::vector<ContentionKind>& contention_table();
std::vector<std::string> contention_names();

/// What an option accepts: a row of the table, with a seed as in `memory:7` or with 1; `markov:` as
/// Series::markov() has it, of the slowdown; or a CSV `seconds,slowdown,idle_ratio`, as
/// Series::csv() has it. What is drawn lasts an hour. `again` lets a series be repeated after its
/// end; else the environment ends there. Sets speed, idle_ratio and end of the environment. Throws
/// UsageError and InputError.
void contend(Environment& environment, const std::string& text, bool again);

}  // namespace oneadapt
