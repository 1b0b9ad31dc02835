#pragma once

#include <compare>
#include <filesystem>

#include <opencv2/core.hpp>

#include "media/libav.hpp"
#include "media/orientation.hpp"

namespace oneadapt {

/// Brings recorded pictures, whatever size, format and orientation each has, to the analysis size.
class PictureScaler {
  public:
    /// Pictures of `depth` must be 16-bit grey and are never interpolated. `file` is for errors.
    PictureScaler(std::filesystem::path file, cv::Size size, bool depth);

    /// The picture as a frame of a segment. Throws InputError when it is not depth where depth is
    /// wanted, or cannot be scaled.
    cv::Mat scaled(const AVFrame& frame);

  private:
    /// What a filter graph is made for: filters read beyond a picture of another size.
    struct Form {
        int width = 0;
        int height = 0;
        int format = AV_PIX_FMT_NONE;
        Orientation orientation;

        friend auto operator<=>(const Form&, const Form&) = default;
    };

    void build_graph(const Form& form);
    void check_depth(int format) const;
    cv::Mat image_from(const AVFrame& frame) const;

    std::filesystem::path file_;
    cv::Size size_;
    bool depth_;
    Form form_;
    libav::GraphPtr graph_;
    libav::FramePtr filtered_ = libav::make_frame();
};

}  // namespace oneadapt
