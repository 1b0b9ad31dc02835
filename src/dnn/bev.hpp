#pragma once

#include <string>

#include <opencv2/core.hpp>

namespace oneadapt {

/// How points become a picture: a map seen from above, the sensor looking up from the middle of its
/// lower edge (as PIXOR, Yang et al. 2018, with features as in BirdNet, Beltrán et al. 2018).
///
/// Metres in the sensor's axes: x forward, y to the left, z up. Rows go from far to near, columns
/// from left to right: a point lies at the pixel ((y_high - y) / cell, (x_high - x) / cell).
struct Bev {
    double x_low = 0, x_high = 51.2;
    double y_low = -25.6, y_high = 25.6;
    double z_low = -10.5, z_high = 3.5;  ///< from under a mast's foot to a lorry's roof
    double cell = 0.2;                   ///< side of a pixel

    /// Pixels.
    cv::Size size() const;
    /// Where a place is, in pixels from the upper left corner.
    cv::Point2d pixel(double x, double y) const;
    /// One spelling of all of it, for trace keys.
    std::string text() const;

    friend bool operator==(const Bev&, const Bev&) = default;
};

/// The picture of points (CV_32F, N x 4, see read_points()): CV_32FC3 in [0,1], of the points
/// inside the ranges alone. Channels: the greatest height, 0 at z_low and 1 at z_high; the mean
/// intensity; and the number of points n as min(1, log(1+n) / log(64)). A pixel without points is
/// 0. The order of the points does not matter, to the bit.
cv::Mat bev_picture(const cv::Mat& points, const Bev& form);

}  // namespace oneadapt
