#pragma once

#include <filesystem>
#include <string>

#include "dnn/sidecar.hpp"

namespace oneadapt::test {

/// Saves a TorchScript module whose methods are `source` as `file`.
void save_module(const std::filesystem::path& file, const std::string& source);

/// A model in the convention `boxes_scores` with one 16x16 box per 16x16 tile, row by row. The
/// score of a box in class 0 is the mean of its pixels over the channels, in class 1 it is 0.
extern const char* const kTileMeanModel;

/// The same with three exits: at exit k scores are k thirds of it. Each stage takes one
/// convolution.
extern const char* const kAnytimeModel;

/// A sidecar that fits kTileMeanModel: class 0, threshold 0.5, NMS 0.45, multiples of 16.
Sidecar tile_mean_sidecar();

}  // namespace oneadapt::test
