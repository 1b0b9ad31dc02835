#include "cli/drawing.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/imgproc.hpp>

#include "dnn/model.hpp"
#include "knobs/configuration.hpp"

namespace oneadapt {
namespace {

constexpr int kSmallestWidth = 640;
constexpr double kFontScale = 0.45;
const cv::Scalar kWhite(255, 255, 255);

/// Colours that can be told apart, BGR.
cv::Scalar colour_of(int index) {
    static const std::array<cv::Scalar, 8> colours = {
        cv::Scalar(75, 25, 230),  cv::Scalar(75, 180, 60),  cv::Scalar(25, 225, 255),
        cv::Scalar(200, 130, 0),  cv::Scalar(48, 130, 245), cv::Scalar(180, 30, 145),
        cv::Scalar(240, 240, 70), cv::Scalar(190, 190, 250)};
    return colours[static_cast<std::size_t>(index) % colours.size()];
}

bool upside_down(const Sidecar& sidecar) {
    return sidecar.input_kind == "audio";
}

/// What belongs to a picture, in the place where shown() puts it.
cv::Mat placed(const cv::Mat& map, cv::Size canvas, const Sidecar& sidecar, int interpolation) {
    cv::Mat out;
    cv::resize(map, out, canvas, 0, 0, interpolation);
    if (upside_down(sidecar)) cv::flip(out, out, 0);
    return out;
}

void write_label(cv::Mat& canvas, const std::string& text, cv::Point at, const cv::Scalar& colour) {
    int below = 0;
    const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, kFontScale, 1, &below);
    const cv::Point from(std::clamp(at.x, 0, std::max(0, canvas.cols - size.width)),
                         std::clamp(at.y, size.height + below, canvas.rows));
    cv::rectangle(
        canvas, cv::Rect(from.x, from.y - size.height - below, size.width + 2, size.height + below),
        colour, cv::FILLED);
    cv::putText(canvas, text, cv::Point(from.x + 1, from.y - below), cv::FONT_HERSHEY_SIMPLEX,
                kFontScale, kWhite, 1, cv::LINE_AA);
}

void draw_boxes(cv::Mat& canvas, cv::Size size, const FrameOutput& output, const Sidecar& sidecar) {
    const double sx = static_cast<double>(canvas.cols) / size.width;
    const double sy = static_cast<double>(canvas.rows) / size.height;
    for (const Detection& box : output.detections) {
        if (static_cast<double>(box.score) <= sidecar.score_threshold) continue;
        const cv::Rect2d place(cv::Point2d(box.x1 * sx, box.y1 * sy),
                               cv::Point2d(box.x2 * sx, box.y2 * sy));
        const cv::Scalar colour = colour_of(box.label);
        cv::rectangle(canvas, place, colour, 2);
        write_label(canvas, fmt::format("{} {:.2f}", sidecar.classes.at(box.label), box.score),
                    place.tl(), colour);
    }
}

/// Colours each pixel by its class, and writes the classes' names.
void draw_classes(cv::Mat& canvas, const cv::Mat& classes, const std::map<int, std::string>& names,
                  const Sidecar& sidecar) {
    const cv::Mat shown = placed(classes, canvas.size(), sidecar, cv::INTER_NEAREST);
    cv::Mat colours = canvas.clone();
    int row = 0;
    for (const auto& [index, name] : names) colours.setTo(colour_of(index), shown == index);
    cv::addWeighted(canvas, 0.5, colours, 0.5, 0, canvas);
    for (const auto& [index, name] : names) {
        write_label(canvas, name, {4, 20 * ++row}, colour_of(index));
    }
}

/// A tile map in pixels, cut to the picture.
cv::Mat in_pixels(const cv::Mat& tiles, cv::Size size) {
    cv::Mat out;
    cv::resize(tiles, out, tiles.size() * kTileSize, 0, 0, cv::INTER_NEAREST);
    return out(cv::Rect(cv::Point(), size));
}

}  // namespace

cv::Mat shown(const cv::Mat& picture, const Sidecar& sidecar) {
    cv::Mat image = picture;
    if (image.depth() != CV_8U) image.convertTo(image, CV_8U, 255);
    if (image.channels() == 1) {
        cv::cvtColor(image, image, cv::COLOR_GRAY2BGR);
    } else if (sidecar.channels != "BGR") {
        cv::cvtColor(image, image, cv::COLOR_RGB2BGR);
    }
    const int scale = std::max(1, (kSmallestWidth + image.cols - 1) / image.cols);
    return placed(image, image.size() * scale, sidecar, cv::INTER_NEAREST);
}

void draw_output(cv::Mat& canvas, cv::Size size, const FrameOutput& output,
                 const Sidecar& sidecar) {
    draw_boxes(canvas, size, output, sidecar);
    if (!output.classes.empty()) draw_classes(canvas, output.classes, sidecar.classes, sidecar);
    if (!output.words.empty()) {
        write_label(canvas, fmt::format("{}", fmt::join(output.words, " ")), {4, 20}, colour_of(0));
    }
}

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
    draw_classes(canvas, in_pixels(tiles, size), names, sidecar);
}

cv::Mat heat_over(const cv::Mat& canvas, const cv::Mat& tiles, cv::Size size,
                  const Sidecar& sidecar) {
    double largest = 0;
    cv::minMaxLoc(tiles, nullptr, &largest);
    cv::Mat heat;
    tiles.convertTo(heat, CV_8U, largest > 0 ? 255 / largest : 0);
    heat = placed(in_pixels(heat, size), canvas.size(), sidecar, cv::INTER_NEAREST);
    cv::applyColorMap(heat, heat, cv::COLORMAP_INFERNO);
    cv::Mat grey;
    cv::cvtColor(canvas, grey, cv::COLOR_BGR2GRAY);
    cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
    cv::addWeighted(grey, 0.45, heat, 0.75, 0, heat);
    return heat;
}

}  // namespace oneadapt
