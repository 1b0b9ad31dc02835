#pragma once

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// A map (CV_8U) with kNoClass in place of every class that is not of interest.
cv::Mat of_interest(const cv::Mat& classes, const Sidecar& sidecar);

/// Mean over the classes of interest, those that either side shows, of the intersection over union
/// of their pixels. Pixels where the reference has no class count nowhere. Both maps have the same
/// size; an empty one has no class anywhere. Nothing to compare: 1.
double mean_iou(const FrameOutput& result, const FrameOutput& reference, const Scoring& scoring);

/// Colours every pixel by its class, with the classes' names; see Task::draw.
void draw_classes(cv::Mat& canvas, cv::Size size, const FrameOutput& output,
                  const Sidecar& sidecar);

}  // namespace oneadapt
