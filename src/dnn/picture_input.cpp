#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/imgproc.hpp>

#include "dnn/input_kinds.hpp"
#include "dnn/model.hpp"
#include "media/regions.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
constexpr int kLargestSide = 1 << 14;
constexpr double kFarthestLevel = 1e6;  ///< of black and white

cv::Mat blank_i420(cv::Size size) {
    return cv::Mat::zeros(size.height / 2 * 3, size.width, CV_8UC1);
}

cv::Size i420_size(const cv::Mat& frame) {
    return {frame.cols, frame.rows / 3 * 2};
}

static_assert(kTileSize == kRegionSide, "a tile of a picture is a region");

RegionGrid tiles_of(cv::Size analysis) {
    const cv::Size size = picture_regions(analysis);
    cv::Mat of_tile(size, CV_32S);
    std::iota(of_tile.begin<int>(), of_tile.end<int>(), 0);
    return {size, of_tile};
}

InputSpace colour(const Sidecar& sidecar) {
    const int conversion =
        sidecar.channels == "BGR" ? cv::COLOR_YUV2BGR_I420 : cv::COLOR_YUV2RGB_I420;
    const auto picture = [conversion](const cv::Mat& i420) {
        cv::Mat image;
        cv::cvtColor(i420, image, conversion);
        return image;
    };
    return {sidecar.channels, picture, i420_size, blank_i420, tiles_of, only_picture_regions};
}

/// The luma plane of an I420 frame, from limited to full range.
InputSpace luma(const Sidecar& sidecar) {
    const auto picture = [](const cv::Mat& i420) {
        constexpr double kBlack = 16;
        constexpr double kSteps = 219;
        cv::Mat image;
        i420.rowRange(0, i420_size(i420).height)
            .convertTo(image, CV_8U, 255 / kSteps, -kBlack * 255 / kSteps);
        return image;
    };
    return {sidecar.channels, picture, i420_size, blank_i420, tiles_of, only_picture_regions};
}

void read_size(const json& input, const std::string& where, Sidecar& sidecar) {
    if (input.contains("size") && input.contains("size_multiple")) {
        fail(kSidecarRole, where, "has both 'size' and 'size_multiple'", "keep one of them");
    }
    sidecar.size_multiple =
        optional_or<int>(input, "size_multiple", sidecar.size_multiple, where, kSidecarRole);
    if (sidecar.size_multiple < 1 || sidecar.size_multiple > kLargestSide) {
        fail(kSidecarRole, where + ": key 'size_multiple'",
             fmt::format("{} is out of range", sidecar.size_multiple),
             fmt::format("write a whole number from 1 to {}", kLargestSide));
    }
    if (!input.contains("size")) return;
    const auto size = required<std::vector<int>>(input, "size", where, kSidecarRole);
    const auto bad = [](int side) { return side < 2 || side > kLargestSide || side % 2 != 0; };
    if (size.size() != 2 || std::ranges::any_of(size, bad)) {
        fail(kSidecarRole, where + ": key 'size'", fmt::format("is [{}]", fmt::join(size, ", ")),
             "write [width, height], both even, e.g. [640, 384]");
    }
    sidecar.fixed_size = cv::Size(size[0], size[1]);
}

void read_range(const json& input, const std::string& where, Sidecar& sidecar) {
    const auto range = optional_or<std::vector<double>>(
        input, "range", {sidecar.range_low, sidecar.range_high}, where, kSidecarRole);
    if (range.size() != 2 || !(range[0] < range[1])) {
        fail(kSidecarRole, where + ": key 'range'", fmt::format("is [{}]", fmt::join(range, ", ")),
             "write [low, high], what black and white become, e.g. [0, 1]");
    }
    for (const double level : range) {
        check_range(level, -kFarthestLevel, kFarthestLevel, where + ": key 'range'", kSidecarRole);
    }
    sidecar.range_low = range[0];
    sidecar.range_high = range[1];
}

void read_pictures(const json& input, const std::string& where, Sidecar& sidecar) {
    check_keys(input, {"kind", "channels", "range", "size_multiple", "size"}, where, kSidecarRole);
    const auto& channels = find_input(sidecar.input_kind).channels;
    sidecar.channels =
        optional_or<std::string>(input, "channels", channels.front(), where, kSidecarRole);
    check_among(sidecar.channels, channels, where + ": key 'channels'", kSidecarRole);
    read_range(input, where, sidecar);
    read_size(input, where, sidecar);
}

/// A road with two cars' worth of boxes: something for a detector to look at.
cv::Mat drawn_frame(const Sidecar& sidecar) {
    cv::Size size(640, 384);
    if (sidecar.fixed_size) {
        size = *sidecar.fixed_size;
    } else {
        // I420 needs even sides, whatever multiple the DNN asks for.
        const int step =
            sidecar.size_multiple % 2 == 0 ? sidecar.size_multiple : 2 * sidecar.size_multiple;
        size = {std::max(size.width / step, 1) * step, std::max(size.height / step, 1) * step};
    }
    cv::Mat picture(size, CV_8UC3, cv::Scalar(190, 170, 150));
    const auto box = [&](double x, double y, double w, double h, const cv::Scalar& colour) {
        cv::rectangle(picture,
                      cv::Rect2d(x * size.width, y * size.height, w * size.width, h * size.height),
                      colour, cv::FILLED);
    };
    box(0.0, 0.5, 1.0, 0.5, {90, 90, 90});
    box(0.2, 0.55, 0.2, 0.2, {40, 40, 200});
    box(0.6, 0.6, 0.25, 0.25, {200, 80, 40});
    cv::Mat i420;
    cv::cvtColor(picture, i420, cv::COLOR_BGR2YUV_I420);
    return i420;
}

}  // namespace

InputKind colour_input(const std::string& media) {
    return {media, {"RGB", "BGR"}, colour, read_pictures, drawn_frame};
}

InputKind luma_input(const std::string& media) {
    return {media, {"gray"}, luma, read_pictures, drawn_frame};
}

}  // namespace oneadapt
