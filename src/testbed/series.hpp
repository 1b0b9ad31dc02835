#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/units.hpp"

namespace oneadapt {

/// What a series is of, and how people write it.
struct SeriesKind {
    const char* option;  ///< of the command line
    const char* column;  ///< of a CSV, beside `seconds`
    const char* unit;    ///< of what is written
    /// What is written, as a rate per second of what the series is of.
    double (*rate)(double written);
    double lowest;   ///< of what is written, where it is constant
    double highest;  ///< of what is written
    bool packets;    ///< may be a Mahimahi trace
};

/// Bytes per second, written as Mbit/s.
const SeriesKind& uplink_series();
const SeriesKind& downlink_series();
/// Seconds of unhindered work done per second, written as the factor by which work is slowed down.
const SeriesKind& speed_series();
/// Joules per second, written as watts.
const SeriesKind& idle_series();

/// A rate that stays for some time.
struct SeriesPiece {
    double seconds;
    double rate;
};

/// A rate over simulated time: constant piece by piece, and repeating after its last piece.
class Series {
  public:
    /// The same for ever. Throws UsageError unless positive and finite.
    static Series constant(double written, const SeriesKind& kind);

    /// One piece after the other: at least one, each longer than nothing, not all of rate 0.
    static Series pieces(const std::vector<SeriesPiece>& pieces);

    /// A Mahimahi packet-delivery trace: each line is a millisecond at which a packet of 1500 bytes
    /// may leave; non-decreasing; repeats after the last. An opportunity is spread evenly over the
    /// millisecond that ends at its time stamp. Throws InputError naming file and line.
    static Series mahimahi(const std::filesystem::path& file);

    /// A CSV `seconds,COLUMN`: the value from that second to the next row's; the last row closes
    /// the series (its value is not used) and the series repeats. Throws InputError naming file and
    /// line.
    static Series csv(const std::filesystem::path& file, const SeriesKind& kind);

    /// Two states A and B, in turn, of exponentially distributed length, drawn for an hour from
    /// that seed: `markov:A,B,SECONDS_OF_A,SECONDS_OF_B,SEED`. Throws UsageError.
    static Series markov(std::string_view text, const SeriesKind& kind);

    /// What an option accepts: a number, `markov:...`, a `.csv` file, or else a Mahimahi trace
    /// where the kind may be one.
    static Series parse(const std::string& text, const SeriesKind& kind);

    /// How long it is before it repeats.
    SimSeconds length() const { return {points_.back().seconds}; }

    /// How much there is from `start` to `end`.
    double amount(SimSeconds start, SimSeconds end) const;

    /// When that much has come together, from `start` on; infinity where there is nothing but
    /// zeros.
    SimSeconds reach(SimSeconds start, double amount) const;

  private:
    struct Point {
        double seconds;
        double sum;
    };
    explicit Series(std::vector<Point> points);
    double cumulative(double seconds) const;

    std::vector<Point> points_;  ///< cumulative; starts at {0, 0}
};

}  // namespace oneadapt
