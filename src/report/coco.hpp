#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dnn/ground_truth.hpp"
#include "dnn/sidecar.hpp"
#include "sim/result.hpp"

namespace oneadapt {

/// A played segment with what its user saw.
struct SeenBoxes {
    std::string clip;
    CellId cell;
    int segment = 0;
    cv::Size size;                   ///< of the pictures that boxes are in
    std::vector<FrameOutput> shown;  ///< for each frame
    std::vector<FrameBoxes> right;   ///< for each frame
};

/// Writes annotations.json (what is right, in COCO's form, ignored objects as crowds),
/// CELL/detections.json (what users saw, as COCO has results) and average_precision.csv (COCO's AP
/// and AP50 of all clips together, see average_precision()). `segments` are in the order clip,
/// cell, segment. Throws OutputError.
void write_coco(const std::vector<SeenBoxes>& segments, const Sidecar& sidecar,
                const std::filesystem::path& folder);

/// What a cell is called in files: the scheme, and its weight, configuration and constraints.
std::string cell_name(const CellId& cell);

}  // namespace oneadapt
