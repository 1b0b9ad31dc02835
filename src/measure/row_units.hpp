#pragma once

#include <vector>

#include "measure/lab.hpp"

namespace oneadapt {

/// How much of a segment lies in each row of its frames' regions (RegionGrid).
struct RegionRows {
    double gflop = 0;           ///< billion operations that it took
    std::vector<double> units;  ///< a frame's mean: points of a ring of a sweep
};

/// What is left of frames of which one row of regions alone is kept: the points of a sweep's ring.
/// Of a picture, whose size does not change, all pixels for each row.
struct RowUnits {
    using Value = RegionRows;
    static constexpr const char* kName = "row units";

    void key(Hasher& hasher, const Lab& lab) const;
    RegionRows measure(Lab& lab) const;
};

Bytes to_bytes(const RegionRows& rows);
void from_bytes(std::span<const std::byte> bytes, RegionRows& rows);

}  // namespace oneadapt
