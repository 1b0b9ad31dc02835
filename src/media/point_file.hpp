#pragma once

#include <filesystem>
#include <vector>

#include <opencv2/core.hpp>

#include "media/clip.hpp"
#include "media/point_layout.hpp"

namespace oneadapt {

/// Reads the sweeps of one clip from files of 32- or 64-bit floats (`.bin`, see point_layouts()) or
/// of the Point Cloud Library (`.pcd`).
class PointReader {
  public:
    /// Decides what holds for all sweeps, unless `form` says it. The layout is the table's first;
    /// throws InputError when the first sweep that has points makes no sense in it. The intensity
    /// that counts as 1 is the least of 1, 255, 1023, 4095 and 65535 that 99 % of the intensities
    /// of the first ten sweeps do not exceed; for 1 they may reach 2, since some sensors that give
    /// shares put bright signs above it.
    PointReader(const std::vector<std::filesystem::path>& sweeps, const PointForm& form);

    /// CV_32F, N x 4: metres from the sensor (x forward, y to the left, z up), and intensity in
    /// [0,1], which those above the clip's brightest are cut to. N may be 0: a sensor may see
    /// nothing.
    ///
    /// Points that are not finite are missing returns and left out. An intensity that is not finite
    /// is 0. Throws InputError with the offset or the line of the fault.
    cv::Mat read(const std::filesystem::path& file) const;

  private:
    const PointLayout* layout_;
    float brightest_ = 1;
};

}  // namespace oneadapt
