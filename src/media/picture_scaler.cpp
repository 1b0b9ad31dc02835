#include "media/picture_scaler.hpp"

#include <utility>

#include <fmt/format.h>

#include "media/depth.hpp"
#include "support/errors.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/pixdesc.h>
}

namespace oneadapt {

PictureScaler::PictureScaler(std::filesystem::path file, cv::Size size, bool depth)
    : file_(std::move(file)), size_(size), depth_(depth) {}

cv::Mat PictureScaler::scaled(const AVFrame& frame) {
    const Form form{frame.width, frame.height, frame.format, orientation_of(frame)};
    if (!graph_ || form != form_) build_graph(form);
    AVFilterContext* source = graph_->filters[0];
    AVFilterContext* sink = graph_->filters[graph_->nb_filters - 1];
    int code = av_buffersrc_write_frame(source, &frame);
    if (code >= 0) code = av_buffersink_get_frame(sink, filtered_.get());
    if (code < 0) {
        throw InputError(file_.string(),
                         fmt::format("cannot be scaled ({})", libav::error_text(code)),
                         "convert it, e.g. to H.264");
    }
    cv::Mat image = image_from(*filtered_);
    av_frame_unref(filtered_.get());
    return image;
}

void PictureScaler::check_depth(int format) const {
    if (format == AV_PIX_FMT_GRAY16LE || format == AV_PIX_FMT_GRAY16BE) return;
    throw InputError(
        file_.string(),
        fmt::format("is not depth: its pictures are {}, not 16-bit grey",
                    av_get_pix_fmt_name(static_cast<AVPixelFormat>(format))),
        "give millimetres as 16-bit grey without loss, e.g. in FFV1, or choose another --input");
}

void PictureScaler::build_graph(const Form& form) {
    if (depth_) check_depth(form.format);
    // What is not tagged counts as BT.601 limited range, as in FFmpeg's own scale filter.
    const char* look = depth_ ? "neighbor,format=gray16le"
                              : "bilinear:out_color_matrix=bt601:out_range=tv,format=yuv420p";
    // Every picture is scaled on its own, so that the unit of time means nothing.
    const std::string text = fmt::format(
        "buffer=video_size={}x{}:pix_fmt={}:time_base=1/1,{}scale={}:{}:flags={},buffersink",
        form.width, form.height, form.format, turning_filters(form.orientation), size_.width,
        size_.height, look);
    if (const int code = libav::make_graph(text, graph_); code < 0) {
        throw InputError(file_.string(),
                         fmt::format("cannot be scaled to {}x{} ({})", size_.width, size_.height,
                                     libav::error_text(code)),
                         "try another --size");
    }
    form_ = form;
}

cv::Mat PictureScaler::image_from(const AVFrame& frame) const {
    if (!depth_) return libav::i420_from(frame);
    return depth_frame(cv::Mat(frame.height, frame.width, CV_16UC1, frame.data[0],
                               static_cast<std::size_t>(frame.linesize[0])));
}

}  // namespace oneadapt
