#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace oneadapt {

/// One detected object. Box corners in analysis pixels.
struct Detection {
    float x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    float score = 0;
    std::int32_t label = 0;  ///< class index of the sidecar

    friend bool operator==(const Detection&, const Detection&) = default;
};

/// What a task's DNN says of one frame. A task fills the member that is its own.
struct FrameOutput {
    /// Best first; after non-maximum suppression; every score above
    /// Sidecar::score_floor().
    std::vector<Detection> detections = {};
    /// In the order they were spoken.
    std::vector<std::string> words = {};
    /// CV_8U, the class index of each pixel or kNoClass; as fine as the DNN's output.
    cv::Mat classes = {};

    /// A pixel of a class that is not one of interest.
    static constexpr std::uint8_t kNoClass = 255;

    friend bool operator==(const FrameOutput& a, const FrameOutput& b);
};

/// What a task's DNN says of a segment: one entry per frame, a dropped frame repeating the last
/// analysed one.
struct Output {
    std::vector<FrameOutput> frames;
    /// Score above which its detections count, that of the DNN which said it; where none is given,
    /// the sidecar's that it is compared with. Not stored: it is applied on replay.
    std::optional<double> threshold = {};

    friend bool operator==(const Output&, const Output&) = default;
};

/// Whether no frame of an output has anything in it: no detection that scores above `threshold`, no
/// word, no pixel of a class of interest.
bool says_nothing(const Output& output, double threshold);

/// What a DNN is unsure of in one frame: where it would look again.
struct FrameProposals {
    /// Every box that scores above the floor asked for, best first, after non-maximum suppression.
    std::vector<Detection> boxes = {};
    /// Of class maps, 1 - (chance of the likeliest class - chance of the second), mean per tile:
    /// CV_32F, ceil(H/16) x ceil(W/16).
    cv::Mat uncertainty = {};

    friend bool operator==(const FrameProposals& a, const FrameProposals& b);
};

using OutputPtr = std::shared_ptr<const Output>;

}  // namespace oneadapt
