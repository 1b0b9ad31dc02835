#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/units.hpp"

namespace oneadapt {

/// How many bytes an uplink can carry over simulated time: a piecewise-linear cumulative capacity
/// that repeats after its last point.
class LinkRate {
  public:
    /// A link of `mbps` megabits per second for ever. Throws UsageError unless positive and finite.
    static LinkRate constant(double mbps);

    /// A Mahimahi packet-delivery trace: each line is a millisecond at which a packet of 1500 bytes
    /// may leave; non-decreasing; repeats after the last. An opportunity is spread evenly over the
    /// millisecond that ends at its time stamp. Throws InputError naming file and line.
    static LinkRate mahimahi(const std::filesystem::path& file);

    /// A CSV `seconds,mbps`: the rate from that second to the next row's; the last row closes the
    /// trace (its rate is not used) and the trace repeats. Throws InputError naming file and line.
    static LinkRate csv(const std::filesystem::path& file);

    /// What `--link` accepts: a number of Mbit/s, a `.csv` file, or else a Mahimahi trace.
    static LinkRate parse(const std::string& text);

    /// Bytes that fit through the link from `start` to `end`.
    double capacity(SimSeconds start, SimSeconds end) const;

    /// When the last of `bytes` leaves, if the first enters an idle link at `start`.
    SimSeconds finish(SimSeconds start, std::int64_t bytes) const;

  private:
    struct Point {
        double seconds;
        double bytes;
    };
    explicit LinkRate(std::vector<Point> points);
    double cumulative(double seconds) const;

    std::vector<Point> points_;  ///< cumulative; starts at {0, 0}
};

}  // namespace oneadapt
