#pragma once

#include <array>

#include "run/fields.hpp"

/// The rows of the table of fields, by group.
namespace oneadapt {

std::array<Field, 8> adapted_fields();
std::array<Field, 6> goal_fields();
std::array<Field, 11> watched_fields();
std::array<Field, 13> testbed_fields();
std::array<Field, 4> report_fields();

}  // namespace oneadapt
