#include "dnn/output.hpp"

#include <algorithm>

namespace oneadapt {

namespace {

bool same_map(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && std::equal(a.datastart, a.dataend, b.datastart, b.dataend);
}

}  // namespace

bool operator==(const FrameOutput& a, const FrameOutput& b) {
    return a.detections == b.detections && a.words == b.words && same_map(a.classes, b.classes);
}

bool says_nothing(const Output& output, double threshold) {
    return std::ranges::none_of(output.frames, [&](const FrameOutput& frame) {
        const bool object = std::ranges::any_of(frame.detections, [&](const Detection& detection) {
            return static_cast<double>(detection.score) > threshold;
        });
        const auto& map = frame.classes;
        return object || !frame.words.empty() ||
               std::any_of(map.datastart, map.dataend,
                           [](std::uint8_t c) { return c != FrameOutput::kNoClass; });
    });
}

bool operator==(const FrameProposals& a, const FrameProposals& b) {
    return a.boxes == b.boxes && same_map(a.uncertainty, b.uncertainty);
}

}  // namespace oneadapt
