#include "media/video_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "media/depth.hpp"
#include "support/errors.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/pixdesc.h>
}

namespace oneadapt {
namespace {

/// Containers round timestamps, Matroska to the millisecond.
constexpr double kTimestampSlack = 0.001;

/// The side lengths that a picture may have: even, and what the model asks for.
int side_multiple(const ReadOptions& options) {
    return std::lcm(2, std::max(1, options.size_multiple));
}

int round_down(int side, int multiple) {
    return std::max(multiple, side / multiple * multiple);
}

cv::Size analysis_size(cv::Size source, const ReadOptions& options) {
    const int multiple = side_multiple(options);
    const cv::Size given = options.size.value_or(source);
    const cv::Size down(round_down(given.width, multiple), round_down(given.height, multiple));
    if (!options.size || given == down) return down;
    const auto up = [multiple](int side) {
        return std::max(1, (std::max(side, 1) + multiple - 1) / multiple) * multiple;
    };
    throw UsageError(fmt::format("--size {}x{}", given.width, given.height),
                     fmt::format("is not a positive multiple of {} on both sides", multiple),
                     fmt::format("use {}x{} or {}x{}", down.width, down.height, up(given.width),
                                 up(given.height)));
}

const char* turn_filter(int rotation) {
    switch (rotation) {
        case 90:
            return "transpose=clock,";
        case 180:
            return "hflip,vflip,";
        case 270:
            return "transpose=cclock,";
        default:
            return "";
    }
}

}  // namespace

VideoReader::VideoReader(const ClipSpec& clip, const ReadOptions& options)
    : FrameReader(clip, options) {
    open();
    info_.size = analysis_size(decoder_->size(), options);
    info_.fps = options.fps.value_or(decoder_->rate());
    if (const auto total = decoder_->duration()) {
        if (clip.start_s > 0 && clip.start_s >= *total) no_frames();
        expect(*total);
    }
    if (clip.start_s > 0) go_to_start();
}

void VideoReader::open() {
    decoder_ = std::make_unique<StreamDecoder>(clip_.file, AVMEDIA_TYPE_VIDEO);
}

/// Seeks to just before the start. Where the container cannot, or lands behind it, the clip is read
/// from its beginning: slower, but exact to the frame.
void VideoReader::go_to_start() {
    if (decoder_->seek(clip_.start_s)) {
        pending_ = decoder_->next();
        if (pending_ != nullptr && decoder_->seconds(*pending_) <= clip_.start_s) return;
    }
    open();
    pending_ = nullptr;
}

/// The next frame between the clip's start and end, its pts counted from the start; nullptr after
/// the last.
AVFrame* VideoReader::next_recorded() {
    while (true) {
        AVFrame* frame = pending_ != nullptr ? pending_ : decoder_->next();
        pending_ = nullptr;
        if (frame == nullptr) return nullptr;
        const double time = decoder_->seconds(*frame) - clip_.start_s;
        if (clip_.start_s > 0 && time < -kTimestampSlack) continue;
        if (clip_.duration_s && time >= *clip_.duration_s - kTimestampSlack) return nullptr;
        decoder_->check_whole(*frame);
        frame->pts -= std::llround(clip_.start_s / av_q2d(decoder_->time_base()));
        return frame;
    }
}

void VideoReader::check_depth(const AVFrame& first) const {
    if (first.format == AV_PIX_FMT_GRAY16LE || first.format == AV_PIX_FMT_GRAY16BE) return;
    throw InputError(
        clip_.file.string(),
        fmt::format("is not depth: its pictures are {}, not 16-bit grey",
                    av_get_pix_fmt_name(static_cast<AVPixelFormat>(first.format))),
        "give millimetres as 16-bit grey without loss, e.g. in FFV1, or choose another --input");
}

cv::Mat VideoReader::image_from(const AVFrame& frame) const {
    if (!depth()) return libav::i420_from(frame);
    return depth_frame(cv::Mat(frame.height, frame.width, CV_16UC1, frame.data[0],
                               static_cast<std::size_t>(frame.linesize[0])));
}

void VideoReader::build_graph(const AVFrame& first) {
    if (depth()) check_depth(first);
    const AVRational tick = decoder_->time_base();
    const AVRational aspect = decoder_->sample_aspect_ratio();
    const std::string source = fmt::format(
        "buffer=video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}", first.width,
        first.height, first.format, tick.num, tick.den, aspect.num, std::max(1, aspect.den));
    const std::string rate =
        options_.fps ? fmt::format("fps=fps={}:start_time=0,", *options_.fps) : "";
    // What is not tagged counts as BT.601 limited range, as in FFmpeg's own scale filter.
    const std::string scale =
        depth() ? fmt::format("scale={}:{}:flags=neighbor,format=gray16le", info_.size.width,
                              info_.size.height)
                : fmt::format(
                      "scale={}:{}:flags=bilinear:out_color_matrix=bt601:out_range=tv,"
                      "format=yuv420p",
                      info_.size.width, info_.size.height);
    const std::string text =
        fmt::format("{},{}{}{},buffersink", source, rate, turn_filter(decoder_->rotation()), scale);
    if (const int code = libav::make_graph(text, graph_); code < 0) {
        throw InputError(clip_.file.string(),
                         fmt::format("cannot be scaled to {}x{} ({})", info_.size.width,
                                     info_.size.height, libav::error_text(code)),
                         "try another --size");
    }
    source_ = graph_->filters[0];
    sink_ = graph_->filters[graph_->nb_filters - 1];
}

void VideoReader::feed_graph() {
    AVFrame* frame = next_recorded();
    if (frame == nullptr && !graph_) no_frames();
    if (frame != nullptr) {
        if (!graph_) build_graph(*frame);
        if (av_buffersrc_add_frame(source_, frame) >= 0) return;
        throw InputError(clip_.file.string(), "changes its picture format midway",
                         "convert it, e.g. to H.264");
    }
    // One period at least, so that a single picture is a clip of one frame.
    const double end =
        std::max(std::min(decoder_->end() - clip_.start_s,
                          clip_.duration_s.value_or(std::numeric_limits<double>::infinity())),
                 1.0 / info_.fps);
    av_buffersrc_close(source_, std::llround(end / av_q2d(decoder_->time_base())), 0);
}

std::optional<cv::Mat> VideoReader::next_frame() {
    if (!graph_) feed_graph();
    while (true) {
        const int code = av_buffersink_get_frame(sink_, filtered_.get());
        if (code >= 0) {
            cv::Mat image = image_from(*filtered_);
            av_frame_unref(filtered_.get());
            return image;
        }
        if (code == AVERROR_EOF) return std::nullopt;
        if (code != AVERROR(EAGAIN)) {
            throw InputError(clip_.file.string(),
                             fmt::format("cannot be scaled ({})", libav::error_text(code)),
                             "convert it, e.g. to H.264");
        }
        feed_graph();
    }
}

void VideoReader::no_frames() const {
    if (clip_.start_s > 0 && decoder_->duration().value_or(decoder_->end()) > 0) {
        throw InputError(clip_.file.string(),
                         fmt::format("has no frame at or after its start at {} s", clip_.start_s),
                         fmt::format("use a start below {:.2f}",
                                     decoder_->duration().value_or(decoder_->end())));
    }
    refuse_frameless(clip_.file);
}

std::unique_ptr<ClipReader> open_video(const ClipSpec& clip, const ReadOptions& options) {
    return std::make_unique<VideoReader>(clip, options);
}

}  // namespace oneadapt
