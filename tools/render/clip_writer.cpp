#include "clip_writer.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "support/errors.hpp"

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

struct Closer {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVFormatContext* context) const {
        if (context->pb != nullptr) avio_closep(&context->pb);
        avformat_free_context(context);
    }
};

}  // namespace

struct ClipWriter::Libav {
    std::string file;
    std::unique_ptr<AVFormatContext, Closer> container;
    std::unique_ptr<AVCodecContext, Closer> encoder;
    std::unique_ptr<AVFrame, Closer> frame{av_frame_alloc()};
    std::unique_ptr<AVPacket, Closer> packet{av_packet_alloc()};
    AVStream* stream = nullptr;

    void check(int status, const char* step) const {
        if (status >= 0) return;
        char reason[AV_ERROR_MAX_STRING_SIZE] = {};
        av_strerror(status, reason, sizeof reason);
        throw OutputError(file, std::string(step) + " failed: " + reason,
                          "check space, rights and that libavcodec has libx264 and FFV1");
    }

    void open_encoder(PixelFormat format, int width, int height, AVRational rate) {
        const Encoding encoding = encoding_of(format);
        const AVCodec* codec = avcodec_find_encoder_by_name(encoding.encoder);
        check(codec == nullptr ? AVERROR_ENCODER_NOT_FOUND : 0, "finding the encoder");
        encoder.reset(avcodec_alloc_context3(codec));
        encoder->width = width;
        encoder->height = height;
        encoder->pix_fmt = encoding.pixels;
        encoder->time_base = av_inv_q(rate);
        encoder->framerate = rate;
        encoder->gop_size = 50;
        encoder->thread_count = 1;
        encoder->flags |= AV_CODEC_FLAG_BITEXACT;
        if ((container->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
            encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        }
        encoder->log_level_offset = AV_LOG_DEBUG - AV_LOG_INFO;  // its notes are for developers
        if (format == PixelFormat::colour) {
            av_opt_set(encoder->priv_data, "preset", "veryfast", 0);
            av_opt_set(encoder->priv_data, "qp", quantiser, 0);
        }
        check(avcodec_open2(encoder.get(), codec, nullptr), "opening the encoder");
    }

    void open_container() {
        stream = avformat_new_stream(container.get(), nullptr);
        check(stream == nullptr ? AVERROR(ENOMEM) : 0, "adding a stream");
        stream->time_base = encoder->time_base;
        stream->avg_frame_rate = encoder->framerate;
        check(avcodec_parameters_from_context(stream->codecpar, encoder.get()), "set-up");
        container->flags |= AVFMT_FLAG_BITEXACT;
        check(avio_open(&container->pb, file.c_str(), AVIO_FLAG_WRITE), "creating the file");
        check(avformat_write_header(container.get(), nullptr), "writing the header");
    }

    void open_frame() {
        frame->width = encoder->width;
        frame->height = encoder->height;
        frame->format = encoder->pix_fmt;
        frame->pts = -1;
        check(av_frame_get_buffer(frame.get(), 0), "allocating a frame");
    }

    /// Encodes one frame, or what is pending for nullptr, and writes the packets that result.
    void encode(const AVFrame* input) {
        check(avcodec_send_frame(encoder.get(), input), "encoding");
        while (true) {
            const int status = avcodec_receive_packet(encoder.get(), packet.get());
            if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return;
            check(status, "encoding");
            av_packet_rescale_ts(packet.get(), encoder->time_base, stream->time_base);
            packet->stream_index = stream->index;
            check(av_interleaved_write_frame(container.get(), packet.get()), "writing");
        }
    }
};

ClipWriter::ClipWriter(const std::filesystem::path& file, PixelFormat format, int width, int height,
                       float fps)
    : libav_(std::make_unique<Libav>()) {
    libav_->file = file.string();
    AVFormatContext* container = nullptr;
    libav_->check(
        avformat_alloc_output_context2(&container, nullptr, "matroska", libav_->file.c_str()),
        "preparing Matroska");
    libav_->container.reset(container);
    libav_->open_encoder(format, width, height, av_d2q(static_cast<double>(fps), 1000));
    libav_->open_container();
    libav_->open_frame();
}

ClipWriter::~ClipWriter() = default;

void ClipWriter::write(const cv::Mat& image) {
    cv::Mat planar = image;  // colour: three planes below one another, else one
    if (image.channels() == 3) cv::cvtColor(image, planar, cv::COLOR_BGR2YUV_I420);
    AVFrame& frame = *libav_->frame;
    libav_->check(av_frame_make_writable(&frame), "allocating a frame");
    const std::uint8_t* from = planar.ptr();
    for (int plane = 0; plane < (image.channels() == 3 ? 3 : 1); ++plane) {
        const int samples = plane == 0 ? frame.width : frame.width / 2;
        const int bytes = samples * static_cast<int>(planar.elemSize());
        const int height = plane == 0 ? frame.height : frame.height / 2;
        for (int row = 0; row < height; ++row, from += bytes) {
            std::copy_n(from, bytes, frame.data[plane] + row * frame.linesize[plane]);
        }
    }
    ++frame.pts;
    libav_->encode(&frame);
}

void ClipWriter::finish() {
    libav_->encode(nullptr);
    libav_->check(av_write_trailer(libav_->container.get()), "writing the trailer");
    libav_->check(avio_closep(&libav_->container->pb), "closing the file");
}

}  // namespace oneadapt::render
