#include "dnn/input.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include <opencv2/imgproc.hpp>

#include "dnn/bev.hpp"
#include "dnn/log_mel.hpp"
#include "dnn/model.hpp"
#include "media/regions.hpp"

namespace oneadapt {
namespace {

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
    return {sidecar.channels, picture, i420_size, blank_i420, tiles_of};
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
    return {sidecar.channels, picture, i420_size, blank_i420, tiles_of};
}

InputSpace sound(const Sidecar& sidecar) {
    const LogMel form = sidecar.log_mel;
    return {form.text(), [form](const cv::Mat& samples) { return log_mel(samples, form); },
            [](const cv::Mat& samples) { return samples.size(); },
            [](cv::Size size) -> cv::Mat { return cv::Mat::zeros(size, CV_32F); },
            [](cv::Size) { return RegionGrid{}; }};
}

/// Each tile of the map belongs to the region that its middle is in.
RegionGrid sweep_regions(const Bev& form) {
    const cv::Size pixels = form.size();
    cv::Mat of_tile((pixels.height + kTileSize - 1) / kTileSize,
                    (pixels.width + kTileSize - 1) / kTileSize, CV_32S);
    for (int row = 0; row < of_tile.rows; ++row) {
        for (int column = 0; column < of_tile.cols; ++column) {
            const double side = kTileSize * form.cell;
            of_tile.at<int>(row, column) =
                sweep_region(form.x_high - (row + 0.5) * side, form.y_high - (column + 0.5) * side);
        }
    }
    return {{kSweepSectors, kSweepRings}, of_tile};
}

InputSpace points(const Sidecar& sidecar) {
    const Bev form = sidecar.bev;
    return {form.text(), [form](const cv::Mat& sweep) { return bev_picture(sweep, form); },
            [](const cv::Mat& sweep) { return cv::Size(sweep.rows, 1); },
            [](cv::Size) { return cv::Mat(0, 4, CV_32F); },
            [form](cv::Size) { return sweep_regions(form); }};
}

}  // namespace

const std::vector<InputKind>& input_table() {
    static const std::vector<InputKind> table = {
        {"video", {"RGB", "BGR"}, colour}, {"infrared", {"gray"}, luma}, {"depth", {"gray"}, luma},
        {"audio", {"log-mel"}, sound},     {"lidar", {"bev"}, points},
    };
    return table;
}

const InputKind& find_input(const std::string& media) {
    const auto& table = input_table();
    const auto found = std::ranges::find(table, media, &InputKind::media);
    if (found == table.end()) throw std::logic_error("no input space for " + media);
    return *found;
}

InputSpace input_space(const Sidecar& sidecar) {
    return find_input(sidecar.input_kind).space(sidecar);
}

}  // namespace oneadapt
