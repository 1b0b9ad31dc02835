#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oneadapt {

/// How intervals are drawn.
struct Resampling {
    /// Length of a block in segments; absent: a fifth of what is drawn, but at least 1 and at
    /// most 10.
    std::optional<int> block = std::nullopt;
    int replicates = 1000;
    std::uint64_t seed = 1;
};

/// A 95 % interval.
struct Interval {
    double lo = 0;
    double hi = 0;

    friend bool operator==(const Interval&, const Interval&) = default;
};

/// From the 2.5th to the 97.5th percentile, between two values where the rank lies between them.
/// Absent without values.
std::optional<Interval> interval(std::vector<double> values);

/// Moving-block bootstrap of series over the segments of one clip (Kuensch, Annals of Statistics
/// 1989): each replicate is as long as the clip and made of blocks of consecutive segments, which
/// start anywhere with equal chance, the last one cut off. A start that happens once, and is unlike
/// the rest, stands once in each replicate. Every series of the clip is drawn by the same blocks,
/// so that figures of two schemes stay paired.
class Bootstrap {
  public:
    /// `start` is how many of the segments are the start; `clip` tells the draws of one clip from
    /// those of another.
    Bootstrap(std::size_t segments, std::size_t start, std::size_t clip,
              const Resampling& resampling);

    std::size_t segments() const { return start_ + drawn_; }

    /// How many blocks what is drawn holds side by side: about as many independent looks at it.
    std::size_t blocks() const { return drawn_ / block_; }

    /// The sum over each replicate of a series that has a value for each segment; empty where one
    /// block is all there is to draw, which says nothing of how sure a figure is.
    std::vector<double> sums(std::span<const double> series) const;

    /// How many replicates there are; 0 where sums() are empty.
    std::size_t replicates() const;
    /// How often each segment is in a replicate.
    std::vector<double> times(std::size_t replicate) const;

  private:
    std::size_t start_;
    std::size_t drawn_;
    std::size_t block_;
    std::size_t per_replicate_;          ///< blocks, the last one perhaps cut off
    std::vector<std::uint32_t> starts_;  ///< of every block of every replicate
};

}  // namespace oneadapt
