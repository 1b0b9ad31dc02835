#pragma once

#include <vector>

#include "schemes/scheme.hpp"

namespace oneadapt {

/// The bits that points of each ring get so that all rings get equally many, as far as the bits of
/// a point go from `lowest` to `highest`, and `mean` bits a point on average; a ring without points
/// has the highest.
std::vector<double> equal_bits(const std::vector<double>& points, double lowest, double highest,
                               double mean);

SchemeKind range_rings();

}  // namespace oneadapt
