#include "dnn/drawing.hpp"

#include <algorithm>
#include <array>

#include <opencv2/imgproc.hpp>

#include "dnn/input.hpp"

namespace oneadapt {
namespace {

constexpr int kSmallestWidth = 640;
constexpr double kFontScale = 0.45;
const cv::Scalar kWhite(255, 255, 255);

}  // namespace

cv::Scalar colour_of(int index) {
    static const std::array<cv::Scalar, 8> colours = {
        cv::Scalar(75, 25, 230),  cv::Scalar(75, 180, 60),  cv::Scalar(25, 225, 255),
        cv::Scalar(200, 130, 0),  cv::Scalar(48, 130, 245), cv::Scalar(180, 30, 145),
        cv::Scalar(240, 240, 70), cv::Scalar(190, 190, 250)};
    return colours[static_cast<std::size_t>(index) % colours.size()];
}

cv::Mat placed(const cv::Mat& map, cv::Size canvas, const Sidecar& sidecar) {
    cv::Mat out;
    cv::resize(map, out, canvas, 0, 0, cv::INTER_NEAREST);
    if (find_input(sidecar.input_kind).rises) cv::flip(out, out, 0);
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

void colour_classes(cv::Mat& canvas, const cv::Mat& classes,
                    const std::map<int, std::string>& names, const Sidecar& sidecar) {
    const cv::Mat shown = placed(classes, canvas.size(), sidecar);
    cv::Mat colours = canvas.clone();
    int row = 0;
    for (const auto& [index, name] : names) colours.setTo(colour_of(index), shown == index);
    cv::addWeighted(canvas, 0.5, colours, 0.5, 0, canvas);
    for (const auto& [index, name] : names) {
        write_label(canvas, name, {4, 20 * ++row}, colour_of(index));
    }
}

cv::Mat shown(const cv::Mat& picture, const Sidecar& sidecar) {
    cv::Mat image = picture;
    if (image.depth() != CV_8U) image.convertTo(image, CV_8U, 255);
    if (image.channels() == 1) {
        cv::cvtColor(image, image, cv::COLOR_GRAY2BGR);
    } else if (sidecar.channels != "BGR") {
        cv::cvtColor(image, image, cv::COLOR_RGB2BGR);
    }
    const int scale = std::max(1, (kSmallestWidth + image.cols - 1) / image.cols);
    return placed(image, image.size() * scale, sidecar);
}

}  // namespace oneadapt
