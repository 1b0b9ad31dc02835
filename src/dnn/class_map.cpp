#include "dnn/class_map.hpp"

#include <array>
#include <cstddef>

#include "dnn/drawing.hpp"

namespace oneadapt {

cv::Mat of_interest(const cv::Mat& classes, const Sidecar& sidecar) {
    cv::Mat lookup(1, 256, CV_8U, cv::Scalar(FrameOutput::kNoClass));
    for (const auto& [index, name] : sidecar.classes) {
        lookup.at<std::uint8_t>(index) = static_cast<std::uint8_t>(index);
    }
    cv::Mat out;
    cv::LUT(classes, lookup, out);
    return out;
}

double mean_iou(const FrameOutput& result, const FrameOutput& reference, const Scoring& scoring) {
    const cv::Mat& truth = reference.classes;
    const cv::Mat seen = result.classes.empty()
                             ? cv::Mat(truth.size(), CV_8U, cv::Scalar(FrameOutput::kNoClass))
                             : result.classes;
    CV_Assert(seen.size() == truth.size() && seen.isContinuous() && truth.isContinuous());
    std::array<std::int64_t, 256> shared{};
    std::array<std::int64_t, 256> seen_count{};
    std::array<std::int64_t, 256> truth_count{};
    for (std::size_t i = 0; i < truth.total(); ++i) {
        const std::uint8_t is = truth.data[i];
        if (is == FrameOutput::kNoClass) continue;
        const std::uint8_t said = seen.data[i];
        ++truth_count[is];
        ++seen_count[said];
        if (is == said) ++shared[is];
    }
    double sum = 0;
    int classes = 0;
    for (const auto& [index, name] : scoring.classes) {
        const auto place = static_cast<std::size_t>(index);
        const std::int64_t either = seen_count[place] + truth_count[place] - shared[place];
        if (either == 0) continue;
        sum += static_cast<double>(shared[place]) / static_cast<double>(either);
        ++classes;
    }
    return classes == 0 ? 1.0 : sum / classes;
}

void draw_classes(cv::Mat& canvas, cv::Size /*size*/, const FrameOutput& output,
                  const Sidecar& sidecar) {
    if (!output.classes.empty()) colour_classes(canvas, output.classes, sidecar.classes, sidecar);
}

}  // namespace oneadapt
