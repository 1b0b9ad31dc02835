#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <opencv2/core.hpp>

#include "dnn/sidecar.hpp"

namespace oneadapt {

/// How the regions of a frame (media/regions.hpp) lie in the tile maps of an input space.
struct RegionGrid {
    cv::Size size{1, 1};  ///< columns and rows of regions
    cv::Mat of_tile;      ///< CV_32S, as large as a tile map; empty where frames have no regions
};

/// The space that a DNN's input lives in: where what the server sees is compared with the source
/// (InputGrad), and where gradients are taken (DNNGrad), whatever the medium.
struct InputSpace {
    /// What a picture depends on beside its frame; part of trace keys.
    std::string identity;
    /// The picture of a media frame: CV_8U (255 counts as 1) or CV_32F, any number of channels.
    std::function<cv::Mat(const cv::Mat& frame)> picture;
    /// The analysis size of a frame: pixels, samples x 1, or points x 1.
    std::function<cv::Size(const cv::Mat& frame)> size;
    /// A frame without content, of an analysis size.
    std::function<cv::Mat(cv::Size size)> blank;
    /// The regions of frames of an analysis size.
    std::function<RegionGrid(cv::Size size)> regions;
    /// A frame with nothing but the `wanted` regions, one entry for each. Throws std::logic_error
    /// for another number of regions, and where frames have none.
    std::function<cv::Mat(const cv::Mat& frame, const std::vector<bool>& wanted)> only;
};

/// A row of the input table: how frames of a media kind become pictures.
struct InputKind {
    std::string media;
    std::vector<std::string> channels;  ///< what a sidecar may ask for, the default first
    InputSpace (*space)(const Sidecar& sidecar);
    /// Reads a sidecar's `input`, the place of which is `where`; throws as load_sidecar() does.
    void (*read)(const nlohmann::json& input, const std::string& where, Sidecar& sidecar);
    /// A frame to try a model on, with something in it.
    cv::Mat (*trial)(const Sidecar& sidecar);
    /// The first row of its pictures is the lowest: people see them upside down.
    bool rises = false;
};

/// Every kind of input there is.
const std::vector<InputKind>& input_table();

/// The row of that media kind, which a loaded sidecar has checked.
const InputKind& find_input(const std::string& media);

/// The input space of a model.
InputSpace input_space(const Sidecar& sidecar);

/// Media frames as the DNN sees them.
std::vector<cv::Mat> pictures_of(const std::vector<cv::Mat>& frames, const InputSpace& space);

}  // namespace oneadapt
