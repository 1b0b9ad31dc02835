#pragma once

#include <map>
#include <string>

#include <opencv2/core.hpp>

#include "dnn/sidecar.hpp"

// What the drawings of all tasks share. A canvas is a shown() picture.

namespace oneadapt {

/// A picture of a DNN's input space (see InputSpace) for people: CV_8UC3, BGR, at least 640 pixels
/// wide. Sound has its low frequencies at the bottom.
cv::Mat shown(const cv::Mat& picture, const Sidecar& sidecar);

/// A map of a picture's size, in the place where shown() puts the picture.
cv::Mat placed(const cv::Mat& map, cv::Size canvas, const Sidecar& sidecar);

/// One of eight colours that can be told apart, BGR.
cv::Scalar colour_of(int index);

/// White text on a colour, moved to lie within the canvas.
void write_label(cv::Mat& canvas, const std::string& text, cv::Point at, const cv::Scalar& colour);

/// Colours each pixel by its class (CV_8U), and writes the classes' names.
void colour_classes(cv::Mat& canvas, const cv::Mat& classes,
                    const std::map<int, std::string>& names, const Sidecar& sidecar);

}  // namespace oneadapt
