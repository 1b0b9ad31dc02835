#include "muxer/muxer.hpp"

#include "support/errors.hpp"

namespace oneadapt {

Muxer::Muxer(const std::filesystem::path& file, const std::string& container, const AVCodec* codec)
    : file_(file.string()) {
    AVFormatContext* context = nullptr;
    check(avformat_alloc_output_context2(&context, nullptr, container.c_str(), file_.c_str()),
          "preparing the file");
    container_.reset(context);
    check(codec == nullptr ? AVERROR_ENCODER_NOT_FOUND : 0, "finding the encoder");
    encoder_ = libav::make_codec(codec);
    encoder_->thread_count = 1;
    encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
    if ((container_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
        encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    encoder_->log_level_offset = AV_LOG_DEBUG - AV_LOG_INFO;  // its notes are for developers
}

void Muxer::open() {
    check(avcodec_open2(encoder_.get(), encoder_->codec, nullptr), "opening the encoder");
    stream_ = avformat_new_stream(container_.get(), nullptr);
    check(stream_ == nullptr ? AVERROR(ENOMEM) : 0, "adding a stream");
    stream_->time_base = encoder_->time_base;
    stream_->avg_frame_rate = encoder_->framerate;
    check(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()), "set-up");
    container_->flags |= AVFMT_FLAG_BITEXACT;
    check(avio_open(&container_->pb, file_.c_str(), AVIO_FLAG_WRITE), "creating the file");
    check(avformat_write_header(container_.get(), nullptr), "writing the header");
}

void Muxer::encode(const AVFrame* frame) {
    check(avcodec_send_frame(encoder_.get(), frame), "encoding");
    while (true) {
        const int status = avcodec_receive_packet(encoder_.get(), packet_.get());
        if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return;
        check(status, "encoding");
        av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
        packet_->stream_index = stream_->index;
        check(av_interleaved_write_frame(container_.get(), packet_.get()), "writing");
    }
}

void Muxer::finish() {
    encode(nullptr);
    check(av_write_trailer(container_.get()), "writing the trailer");
    check(avio_closep(&container_->pb), "closing the file");
}

void Muxer::check(int status, const char* step) const {
    if (status >= 0) return;
    throw OutputError(file_, std::string(step) + " failed: " + libav::error_text(status),
                      "check space, rights, and libavcodec's encoders (`oneadapt-sim doctor`)");
}

}  // namespace oneadapt
