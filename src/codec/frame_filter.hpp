#pragma once

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "knobs/configuration.hpp"
#include "media/segment.hpp"

namespace oneadapt {

/// A low-level feature of frame differences and the knob that is its threshold. From Reducto
/// (SIGCOMM'20) with the constants of its authors' code, which are applied to the luma as it is
/// recorded (16 to 235) where Reducto has grey levels from 0 to 255.
struct FrameFeature {
    std::string knob;  ///< row of the knob table
    /// What of a frame is compared; `luma` and the result are CV_8UC1 of the analysis size.
    cv::Mat (*view)(const cv::Mat& luma);
    /// How much two views in a row differ: a share of the frame, 0 to 1.
    double (*change)(const cv::Mat& before, const cv::Mat& after);
    /// Operations per pixel that a frame's view and one comparison take, by the lengths of their
    /// kernels: what a camera is charged for where a scheme asks for changes.
    double operations;
};

/// Every feature there is:
/// - `filter-pixel`: pixels that change by more than 21;
/// - `filter-area`: area within the outline (cv::contourArea) of the largest region that changes by
///   more than 21, after a Gaussian blur of 11x11 and with the region dilated by 3x3;
/// - `filter-edge`: pixels that become or cease to be a Canny edge (101, 255) after a blur of 5x5.
const std::vector<FrameFeature>& feature_table();

/// Places of the frames that pass: the first, then each at which **all** features have changed by
/// their threshold or more, summed from frame to frame since the last that passed (Reducto's rule
/// for a segment; all, not any, as in OneAdapt's filter). So a threshold of 0 asks for nothing.
///
/// `changes[i]` has a value per threshold: the change from frame i to frame i+1. Raising a
/// threshold never lets more frames pass, though it may let others pass.
std::vector<int> passing_frames(const std::vector<double>& thresholds,
                                const std::vector<std::vector<double>>& changes);

/// Those of `frames` (ascending indices into the segment) that pass the filters in use; the changes
/// are those between neighbours in `frames`.
///
/// Cost on one core at 640x384: 0.03 (pixel), 0.5 (area) and 0.7 ms (edge) per frame of `frames`,
/// for the features in use alone, where x264 medium takes 7 to 26 per frame that it encodes. So
/// each configuration computes them anew, and the testbed charges the camera for the frames that it
/// encodes, not for these.
std::vector<int> filter_frames(const Segment& segment, const Configuration& configuration,
                               const std::vector<int>& frames);

}  // namespace oneadapt
