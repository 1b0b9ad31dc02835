#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

/// Intersection over union of two boxes; 0 when both are empty.
float intersection_over_union(const Detection& a, const Detection& b);

/// The intersection over union of a detection and a reference that it can be matched with: of the
/// same class, and an IoU of at least 0.5. Else 0.
float matching_iou(const Detection& detection, const Detection& reference);

/// `result` without the detections that match no demanded object and lie at least half in an
/// ignored one (the evaluations of KITTI and COCO do likewise).
FrameOutput without_ignored(FrameOutput result, const FrameOutput& demanded,
                            const FrameOutput& ignored);

/// F1 of one frame: detections above the score thresholds of both sides, matched one to one, best
/// result first, each to the free reference with the highest matching IoU.
/// Two empty sides agree: 1. Both sides are sorted best first (see FrameOutput).
double detection_f1(const FrameOutput& result, const FrameOutput& reference,
                    const Scoring& scoring);

/// What gradients of a detector are taken of, of what is said in a frame: the sum over detections
/// of sigmoid(kUtilitySlope (score - threshold)).
double detection_utility(const FrameOutput& said, const Sidecar& sidecar);

/// A detection and the element of the DNN's score tensor that it came from.
struct Candidate {
    Detection detection;
    std::int64_t element = 0;  ///< flat index into the frame's scores
};

/// Greedy non-maximum suppression: goes through the candidates best first (equal scores in the
/// order of `element`) and drops each that overlaps a kept one of its class by more than `iou`.
/// Returns the kept ones, best first.
std::vector<Candidate> suppress(std::vector<Candidate> candidates, double iou);

/// What a detector said of one frame, in main memory.
struct RawDetections {
    const float* boxes = nullptr;   ///< [rows][4], x1 y1 x2 y2 in pixels
    const float* scores = nullptr;  ///< [rows][columns]
    /// [rows], the class of each row; null when the column of a score is its class.
    const std::int64_t* labels = nullptr;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
};

/// The elements with score > `floor` in a class of interest, in the order of `element`. Throws
/// ModelError, naming `where`, for scores that are not finite or outside [0,1], a class of
/// interest that the scores have no column for, and boxes that are not finite or inside out.
std::vector<Candidate> candidates(const RawDetections& raw, const Sidecar& sidecar, double floor,
                                  const std::string& where);

/// Draws the boxes above the sidecar's threshold with class and score; see Task::draw.
void draw_boxes(cv::Mat& canvas, cv::Size size, const FrameOutput& output, const Sidecar& sidecar);

}  // namespace oneadapt
