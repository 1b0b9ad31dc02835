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

bool operator==(const FrameProposals& a, const FrameProposals& b) {
    return a.boxes == b.boxes && same_map(a.uncertainty, b.uncertainty);
}

}  // namespace oneadapt
