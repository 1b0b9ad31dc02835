#include "media/regions.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace oneadapt {
namespace {

void check_count(const std::vector<bool>& wanted, std::size_t regions) {
    if (wanted.size() != regions)
        throw std::logic_error("a mask of other regions than the frame's");
}

}  // namespace

cv::Size picture_regions(cv::Size analysis) {
    return {(analysis.width + kRegionSide - 1) / kRegionSide,
            (analysis.height + kRegionSide - 1) / kRegionSide};
}

cv::Mat only_picture_regions(const cv::Mat& frame, const std::vector<bool>& wanted) {
    constexpr double kBlack = 16;
    constexpr double kNeutral = 128;
    const cv::Size size(frame.cols, frame.rows / 3 * 2);
    const cv::Size grid = picture_regions(size);
    check_count(wanted, static_cast<std::size_t>(grid.area()));
    cv::Mat shown = frame.clone();
    const cv::Size half = size / 2;
    std::uint8_t* const chroma = shown.data + size.area();
    struct Plane {
        cv::Mat samples;
        int side;
        double blank;
    };
    const Plane planes[] = {{shown.rowRange(0, size.height), kRegionSide, kBlack},
                            {{half, CV_8U, chroma}, kRegionSide / 2, kNeutral},
                            {{half, CV_8U, chroma + half.area()}, kRegionSide / 2, kNeutral}};
    for (const auto& [samples, side, blank] : planes) {
        const cv::Rect all({}, samples.size());
        for (int region = 0; region < grid.area(); ++region) {
            if (wanted[static_cast<std::size_t>(region)]) continue;
            const cv::Rect block(region % grid.width * side, region / grid.width * side, side,
                                 side);
            samples(all & block).setTo(blank);
        }
    }
    return shown;
}

int sweep_region(double x, double y) {
    constexpr double kRingWidth = 6.4;
    const double turn = (std::atan2(y, x) + std::numbers::pi) / (2 * std::numbers::pi);
    const int sector = std::min(static_cast<int>(turn * kSweepSectors), kSweepSectors - 1);
    const double ring = std::min(std::hypot(x, y) / kRingWidth, kSweepRings - 1.0);
    return static_cast<int>(ring) * kSweepSectors + sector;
}

cv::Mat only_sweep_regions(const cv::Mat& sweep, const std::vector<bool>& wanted) {
    check_count(wanted, kSweepRegions);
    cv::Mat shown(0, sweep.cols, sweep.type());
    shown.reserve(static_cast<std::size_t>(sweep.rows));
    for (int point = 0; point < sweep.rows; ++point) {
        const int region = sweep_region(sweep.at<float>(point, 0), sweep.at<float>(point, 1));
        if (wanted[static_cast<std::size_t>(region)]) shown.push_back(sweep.row(point));
    }
    return shown;
}

}  // namespace oneadapt
