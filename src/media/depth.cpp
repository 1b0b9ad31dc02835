#include "media/depth.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace oneadapt {
namespace {

constexpr double kBlack = 16;
constexpr double kWhite = 235;
constexpr double kGrey = 128;

const std::array<std::uint8_t, 65536>& luma_table() {
    static const auto table = [] {
        std::array<std::uint8_t, 65536> all{};
        for (std::size_t depth = 0; depth < all.size(); ++depth) {
            all[depth] = depth_luma(static_cast<std::uint16_t>(depth));
        }
        return all;
    }();
    return table;
}

}  // namespace

std::uint8_t depth_luma(std::uint16_t millimetres) {
    if (millimetres == 0) return static_cast<std::uint8_t>(kWhite);
    const double depth =
        std::clamp(static_cast<double>(millimetres), kNearestDepth, kFarthestDepth);
    const double share = std::log(depth / kNearestDepth) / std::log(kFarthestDepth / kNearestDepth);
    return static_cast<std::uint8_t>(std::lround(kBlack + share * (kWhite - kBlack)));
}

cv::Mat depth_frame(const cv::Mat& millimetres) {
    CV_Assert(millimetres.type() == CV_16UC1 && millimetres.rows % 2 == 0);
    const auto& table = luma_table();
    cv::Mat frame(millimetres.rows / 2 * 3, millimetres.cols, CV_8UC1, cv::Scalar(kGrey));
    for (int row = 0; row < millimetres.rows; ++row) {
        const auto* in = millimetres.ptr<std::uint16_t>(row);
        std::transform(in, in + millimetres.cols, frame.ptr(row),
                       [&](std::uint16_t depth) { return table[depth]; });
    }
    return frame;
}

}  // namespace oneadapt
