#include "dnn/bev.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace oneadapt {
namespace {

constexpr int kManyPoints = 64;

/// What the number of points in a pixel amounts to, 1 from kManyPoints - 1 on.
float density(int points) {
    static const std::vector<float> known = [] {
        std::vector<float> densities(kManyPoints);
        for (int count = 0; count < kManyPoints; ++count) {
            densities[static_cast<std::size_t>(count)] =
                static_cast<float>(std::log(1.0 + count) / std::log(kManyPoints));
        }
        return densities;
    }();
    return known[static_cast<std::size_t>(std::min(points, kManyPoints - 1))];
}

/// What the points of a pixel amount to. Intensities are summed in 255ths, as whole numbers, so
/// that the order does not matter.
struct Cell {
    float height = 0;
    int intensity = 0;
    int points = 0;

    cv::Vec3f value() const {
        if (points == 0) return {};
        return {height, static_cast<float>(intensity / (255.0 * points)), density(points)};
    }
};

}  // namespace

cv::Size Bev::size() const {
    return {static_cast<int>(std::lround((y_high - y_low) / cell)),
            static_cast<int>(std::lround((x_high - x_low) / cell))};
}

cv::Point2d Bev::pixel(double x, double y) const {
    return {(y_high - y) / cell, (x_high - x) / cell};
}

std::string Bev::text() const {
    return fmt::format("bev x={}..{},y={}..{},z={}..{},cell={}", x_low, x_high, y_low, y_high,
                       z_low, z_high, cell);
}

cv::Mat bev_picture(const cv::Mat& points, const Bev& form) {
    CV_Assert(points.type() == CV_32F && points.cols == 4);
    const cv::Size size = form.size();
    std::vector<Cell> cells(static_cast<std::size_t>(size.area()));
    for (int i = 0; i < points.rows; ++i) {
        const auto* point = points.ptr<float>(i);
        const auto place = form.pixel(static_cast<double>(point[0]), static_cast<double>(point[1]));
        const double height =
            (static_cast<double>(point[2]) - form.z_low) / (form.z_high - form.z_low);
        const bool inside = place.x >= 0 && place.x < size.width && place.y >= 0 &&
                            place.y < size.height && height >= 0 && height <= 1;
        if (!inside) continue;
        const int index = static_cast<int>(place.y) * size.width + static_cast<int>(place.x);
        Cell& cell = cells[static_cast<std::size_t>(index)];
        cell.height = std::max(cell.height, static_cast<float>(height));
        cell.intensity += static_cast<int>(std::lround(point[3] * 255.0F));
        ++cell.points;
    }
    cv::Mat picture(size, CV_32FC3);
    std::ranges::transform(cells, picture.begin<cv::Vec3f>(), &Cell::value);
    return picture;
}

}  // namespace oneadapt
