#pragma once

#include <string>

#include "dnn/input.hpp"

// The rows of the input table.

namespace oneadapt {

/// Pictures in colour, RGB or BGR.
InputKind colour_input(const std::string& media);

/// Pictures of one channel: the luma plane, from limited to full range.
InputKind luma_input(const std::string& media);

/// Sound as a log-mel picture, see LogMel.
InputKind sound_input(const std::string& media);

/// Points as a map from above, see Bev.
InputKind point_input(const std::string& media);

}  // namespace oneadapt
