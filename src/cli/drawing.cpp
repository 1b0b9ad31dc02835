#include "cli/drawing.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "dnn/drawing.hpp"
#include "dnn/model.hpp"
#include "knobs/configuration.hpp"

namespace oneadapt {
namespace {

/// A tile map in pixels, cut to the picture.
cv::Mat in_pixels(const cv::Mat& tiles, cv::Size size) {
    cv::Mat out;
    cv::resize(tiles, out, tiles.size() * kTileSize, 0, 0, cv::INTER_NEAREST);
    return out(cv::Rect(cv::Point(), size));
}

}  // namespace

void draw_regions(cv::Mat& canvas, cv::Size size, const std::string& knob,
                  const std::vector<double>& values, const RegionGrid& regions,
                  const Sidecar& sidecar) {
    std::map<double, int> classes;
    for (const double value : values) classes.emplace(value, 0);
    std::map<int, std::string> names;
    for (auto& [value, index] : classes) {
        index = static_cast<int>(names.size());
        names[index] = fmt::format("{} {}", knob, number_text(value));
    }
    cv::Mat tiles(regions.of_tile.size(), CV_8U);
    std::transform(regions.of_tile.begin<int>(), regions.of_tile.end<int>(), tiles.begin<uchar>(),
                   [&](int region) {
                       const auto place = values.size() == 1 ? 0 : static_cast<std::size_t>(region);
                       return static_cast<uchar>(classes.at(values.at(place)));
                   });
    colour_classes(canvas, in_pixels(tiles, size), names, sidecar);
}

cv::Mat heat_over(const cv::Mat& canvas, const cv::Mat& tiles, cv::Size size,
                  const Sidecar& sidecar) {
    double largest = 0;
    cv::minMaxLoc(tiles, nullptr, &largest);
    cv::Mat heat;
    tiles.convertTo(heat, CV_8U, largest > 0 ? 255 / largest : 0);
    heat = placed(in_pixels(heat, size), canvas.size(), sidecar);
    cv::applyColorMap(heat, heat, cv::COLORMAP_INFERNO);
    cv::Mat grey;
    cv::cvtColor(canvas, grey, cv::COLOR_BGR2GRAY);
    cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
    cv::addWeighted(grey, 0.45, heat, 0.75, 0, heat);
    return heat;
}

}  // namespace oneadapt
