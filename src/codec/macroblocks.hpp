#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "media/libav.hpp"

namespace oneadapt {

/// Regions of interest that give the macroblocks of a sent picture the QPs of the regions
/// (media/regions.hpp) that their middles lie in, as offsets from `base`: runs of equal QP, row by
/// row, those at `base` left out. `qps` holds one for each region of the analysis size; a single
/// one holds for all of them. Throws UsageError for another number of QPs.
std::vector<AVRegionOfInterest> find_macroblocks(const std::vector<double>& qps, int base,
                                                 cv::Size analysis, cv::Size sent);

/// Hands the regions to the encoder with a frame.
void attach(const std::vector<AVRegionOfInterest>& blocks, AVFrame& frame);

}  // namespace oneadapt
