#include "clip_writer.hpp"

extern "C" {
#include <libavutil/opt.h>
}

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "muxer/muxer.hpp"

namespace oneadapt::render {

namespace {

constexpr auto quantiser = "13";  // fine enough that the recording itself hides nothing

struct Encoding {
    const char* encoder;
    AVPixelFormat pixels;
};

constexpr Encoding encoding_of(PixelFormat format) {
    switch (format) {
        case PixelFormat::grey8:
            return {"ffv1", AV_PIX_FMT_GRAY8};
        case PixelFormat::grey16:
            return {"ffv1", AV_PIX_FMT_GRAY16LE};
        case PixelFormat::colour:
            break;
    }
    return {"libx264", AV_PIX_FMT_YUV420P};
}

}  // namespace

struct ClipWriter::Libav {
    Muxer muxer;
    libav::FramePtr frame = libav::make_frame();

    Libav(const std::filesystem::path& file, const AVCodec* codec)
        : muxer(file, "matroska", codec) {}

    void set_up(PixelFormat format, int width, int height, AVRational rate) {
        AVCodecContext& encoder = muxer.encoder();
        encoder.width = width;
        encoder.height = height;
        encoder.pix_fmt = encoding_of(format).pixels;
        encoder.time_base = av_inv_q(rate);
        encoder.framerate = rate;
        encoder.gop_size = 50;
        if (format == PixelFormat::colour) {
            av_opt_set(encoder.priv_data, "preset", "veryfast", 0);
            av_opt_set(encoder.priv_data, "qp", quantiser, 0);
        }
        muxer.open();
        frame->width = width;
        frame->height = height;
        frame->format = encoder.pix_fmt;
        frame->pts = -1;
        muxer.check(av_frame_get_buffer(frame.get(), 0), "allocating a frame");
    }
};

ClipWriter::ClipWriter(const std::filesystem::path& file, PixelFormat format, int width, int height,
                       float fps)
    : libav_(std::make_unique<Libav>(file,
                                     avcodec_find_encoder_by_name(encoding_of(format).encoder))) {
    libav_->set_up(format, width, height, av_d2q(static_cast<double>(fps), 1000));
}

ClipWriter::~ClipWriter() = default;

void ClipWriter::write(const cv::Mat& image) {
    cv::Mat planar = image;  // colour: three planes below one another, else one
    if (image.channels() == 3) cv::cvtColor(image, planar, cv::COLOR_BGR2YUV_I420);
    AVFrame& frame = *libav_->frame;
    libav_->muxer.check(av_frame_make_writable(&frame), "allocating a frame");
    const std::uint8_t* from = planar.ptr();
    for (int plane = 0; plane < (image.channels() == 3 ? 3 : 1); ++plane) {
        const int samples = plane == 0 ? frame.width : frame.width / 2;
        const int bytes = samples * static_cast<int>(planar.elemSize());
        const int height = plane == 0 ? frame.height : frame.height / 2;
        for (int row = 0; row < height; ++row, from += bytes) {
            const std::ptrdiff_t stride = frame.linesize[plane];
            std::copy_n(from, bytes, frame.data[plane] + row * stride);
        }
    }
    ++frame.pts;
    libav_->muxer.encode(&frame);
}

void ClipWriter::finish() {
    libav_->muxer.finish();
}

}  // namespace oneadapt::render
