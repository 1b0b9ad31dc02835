#include "codec/frame_filter.hpp"

#include <algorithm>
#include <functional>

#include <opencv2/imgproc.hpp>

namespace oneadapt {
namespace {

constexpr int kChanged = 21;  ///< a larger difference of luma is no noise
constexpr int kAreaBlur = 11;
/// Reducto blurs by 11 here too, for larger pictures: at the 640x384 of the embedded clips that
/// leaves no edge at all in over 90 % of the frames, where 5 leaves edges on 0.6 % of the pixels.
constexpr int kEdgeBlur = 5;
constexpr double kCannyLow = 101;
constexpr double kCannyHigh = 255;

double share(double pixels, const cv::Mat& frame) {
    return pixels / static_cast<double>(frame.total());
}

cv::Mat changed_pixels(const cv::Mat& before, const cv::Mat& after) {
    cv::Mat mask;
    cv::absdiff(before, after, mask);
    cv::threshold(mask, mask, kChanged, 255, cv::THRESH_BINARY);
    return mask;
}

double changed_share(const cv::Mat& before, const cv::Mat& after) {
    return share(cv::countNonZero(changed_pixels(before, after)), after);
}

double largest_region(const cv::Mat& before, const cv::Mat& after) {
    cv::Mat mask = changed_pixels(before, after);
    cv::dilate(mask, mask, cv::Mat());
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(mask, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
    double largest = 0.0;
    for (const auto& outline : outlines) largest = std::max(largest, cv::contourArea(outline));
    return share(largest, after);
}

cv::Mat as_recorded(const cv::Mat& luma) {
    return luma;
}

cv::Mat blurred(const cv::Mat& luma, int side) {
    cv::Mat view;
    // Without BORDER_ISOLATED the chroma that lies below the luma in an I420 image would bleed in.
    cv::GaussianBlur(luma, view, {side, side}, 0, 0, cv::BORDER_DEFAULT | cv::BORDER_ISOLATED);
    return view;
}

cv::Mat smooth(const cv::Mat& luma) {
    return blurred(luma, kAreaBlur);
}

cv::Mat edges(const cv::Mat& luma) {
    cv::Mat view;
    cv::Canny(blurred(luma, kEdgeBlur), view, kCannyLow, kCannyHigh);
    return view;
}

}  // namespace

const std::vector<FrameFeature>& feature_table() {
    static const std::vector<FrameFeature> table = {
        {"filter-pixel", as_recorded, changed_share, 3},
        // Two blurs of 11 products and sums each, 3 to compare, 9 to dilate, 4 to outline.
        {"filter-area", smooth, largest_region, 60},
        // Two blurs of 5, two Sobel filters of 10, 15 from gradient to edge, 3 to compare.
        {"filter-edge", edges, changed_share, 58},
    };
    return table;
}

std::vector<int> passing_frames(const std::vector<double>& thresholds,
                                const std::vector<std::vector<double>>& changes) {
    std::vector<int> passing = {0};
    std::vector<double> sums(thresholds.size(), 0.0);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        std::ranges::transform(sums, changes[i], sums.begin(), std::plus<>());
        if (!std::ranges::equal(sums, thresholds, std::greater_equal<>())) continue;
        passing.push_back(static_cast<int>(i) + 1);
        std::ranges::fill(sums, 0.0);
    }
    return passing;
}

std::vector<int> filter_frames(const Segment& segment, const Configuration& configuration,
                               const std::vector<int>& frames) {
    std::vector<double> thresholds;
    std::vector<std::vector<double>> changes(frames.empty() ? 0 : frames.size() - 1);
    for (const FrameFeature& feature : feature_table()) {
        const double threshold = configuration.get(feature.knob, 0.0);
        if (threshold <= 0.0) continue;
        thresholds.push_back(threshold);
        cv::Mat before;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const cv::Mat& frame = segment.frames.at(static_cast<std::size_t>(frames[i]));
            const cv::Mat view = feature.view(frame.rowRange(0, segment.size.height));
            if (i > 0) changes[i - 1].push_back(feature.change(before, view));
            before = view;
        }
    }
    if (thresholds.empty() || frames.empty()) return frames;
    std::vector<int> kept;
    for (const int place : passing_frames(thresholds, changes)) {
        kept.push_back(frames.at(static_cast<std::size_t>(place)));
    }
    return kept;
}

}  // namespace oneadapt
