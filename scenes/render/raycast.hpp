#pragma once

#include <vector>

#include "mesh.hpp"

namespace oneadapt::render {

/// Where the beam of a spinning sensor ends.
struct Hit {
    const Triangle* triangle = nullptr;  ///< nullptr: out of range
    float distance = 0;                  ///< metres
};

/// The directions of a sensor that turns about the vertical: `columns` evenly over the full circle,
/// starting along the road (+z) and turning to its right; `rows` evenly from `highest` to `lowest`
/// degrees above the horizon.
struct BeamGrid {
    int columns = 0;
    int rows = 0;
    float highest = 0;
    float lowest = 0;

    /// The unit vector of a beam.
    [[nodiscard]] Vec3 direction(int row, int column) const;
};

/// Casts every beam from `origin` at a mesh and gives the first hit of each, within `range` metres,
/// row by row.
std::vector<Hit> cast(const BeamGrid& grid, Vec3 origin, float range, const Mesh& mesh);

}  // namespace oneadapt::render
