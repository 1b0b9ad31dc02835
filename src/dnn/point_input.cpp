#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/bev.hpp"
#include "dnn/input_kinds.hpp"
#include "dnn/model.hpp"
#include "media/regions.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
constexpr double kFarthest = 1000;  ///< metres
constexpr int kMostCells = 4096;    ///< side of a map

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
    return {form.text(),
            [form](const cv::Mat& sweep) { return bev_picture(sweep, form); },
            [](const cv::Mat& sweep) { return cv::Size(sweep.rows, 1); },
            [](cv::Size) { return cv::Mat(0, 4, CV_32F); },
            [form](cv::Size) { return sweep_regions(form); },
            only_sweep_regions};
}

/// An interval in metres.
void read_span(const json& input, const char* key, double& low, double& high,
               const std::string& where) {
    const auto span =
        optional_or<std::vector<double>>(input, key, {low, high}, where, kSidecarRole);
    const auto far = [](double metres) { return std::abs(metres) > kFarthest; };
    if (span.size() != 2 || !(span[0] < span[1]) || std::ranges::any_of(span, far)) {
        fail(kSidecarRole, fmt::format("{}: key '{}'", where, key),
             fmt::format("is [{}]", fmt::join(span, ", ")),
             fmt::format("write [low, high] in metres, within {} of the sensor", kFarthest));
    }
    low = span[0];
    high = span[1];
}

void read_points(const json& input, const std::string& where, Sidecar& sidecar) {
    check_keys(input, {"kind", "x", "y", "z", "cell"}, where, kSidecarRole);
    Bev& form = sidecar.bev;
    read_span(input, "x", form.x_low, form.x_high, where);
    read_span(input, "y", form.y_low, form.y_high, where);
    read_span(input, "z", form.z_low, form.z_high, where);
    form.cell = optional_or<double>(input, "cell", form.cell, where, kSidecarRole);
    for (const double metres : {form.x_high - form.x_low, form.y_high - form.y_low}) {
        const double cells = metres / form.cell;
        if (form.cell > 0 && cells > 0.5 && cells < kMostCells + 0.5 &&
            std::abs(cells - std::round(cells)) < 1e-6) {
            continue;
        }
        fail(kSidecarRole, where + ": key 'cell'",
             fmt::format("{} m does not divide {} m", form.cell, metres),
             fmt::format("write metres of which x and y are 1 to {} times", kMostCells));
    }
    sidecar.channels = "bev";
    sidecar.size_multiple = 1;
}

/// A plane two metres under the sensor, and the back of a car on it.
cv::Mat scanned_frame(const Sidecar& sidecar) {
    const Bev& form = sidecar.bev;
    std::vector<cv::Vec4f> points;
    const auto add = [&](double x, double y, double z, double intensity) {
        points.emplace_back(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z),
                            static_cast<float>(intensity));
    };
    constexpr double kGround = -2;
    constexpr double kSpacing = 0.5;
    const int columns = static_cast<int>((form.y_high - form.y_low) / kSpacing);
    const int rows = static_cast<int>((form.x_high - form.x_low) / kSpacing);
    for (int i = 0; i < rows * columns; ++i) {
        const int row = i / columns;
        add(form.x_low + row * kSpacing, form.y_low + (i % columns) * kSpacing, kGround, 0.2);
    }
    for (int across = 0; across < 36; ++across) {
        for (int up = 2; up < 15; ++up) add(10, 2 + 0.05 * across, kGround + 0.1 * up, 0.6);
    }
    return cv::Mat(points, true).reshape(1, static_cast<int>(points.size()));
}

}  // namespace

InputKind point_input(const std::string& media) {
    return {media, {"bev"}, points, read_points, scanned_frame};
}

}  // namespace oneadapt
