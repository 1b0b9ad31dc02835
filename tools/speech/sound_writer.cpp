#include "sound_writer.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
}

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>

#include "support/errors.hpp"
#include "voice.hpp"

namespace oneadapt::speech {

namespace {

constexpr int samples_per_block = 4096;

struct Closer {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVFormatContext* context) const {
        if (context->pb != nullptr) avio_closep(&context->pb);
        avformat_free_context(context);
    }
};

class SoundWriter {
  public:
    SoundWriter(const std::filesystem::path& file, const std::string& container)
        : file_(file.string()) {
        AVFormatContext* context = nullptr;
        check(avformat_alloc_output_context2(&context, nullptr, container.c_str(), file_.c_str()),
              "preparing the file");
        container_.reset(context);
        open_encoder(container == "flac" ? AV_CODEC_ID_FLAC : AV_CODEC_ID_PCM_S16LE);
        open_container();
    }

    void write(std::span<const float> samples) {
        for (std::size_t first = 0; first < samples.size(); first += samples_per_block) {
            write_block(samples.subspan(
                first, std::min<std::size_t>(samples_per_block, samples.size() - first)));
        }
        encode(nullptr);
        check(av_write_trailer(container_.get()), "writing the trailer");
        check(avio_closep(&container_->pb), "closing the file");
    }

  private:
    void check(int status, const char* step) const {
        if (status >= 0) return;
        char reason[AV_ERROR_MAX_STRING_SIZE] = {};
        av_strerror(status, reason, sizeof reason);
        throw OutputError(file_, std::string(step) + " failed: " + reason,
                          "check space and rights");
    }

    void open_encoder(AVCodecID id) {
        const AVCodec* codec = avcodec_find_encoder(id);
        check(codec == nullptr ? AVERROR_ENCODER_NOT_FOUND : 0, "finding the encoder");
        encoder_.reset(avcodec_alloc_context3(codec));
        encoder_->sample_fmt = AV_SAMPLE_FMT_S16;
        encoder_->sample_rate = sample_rate;
        encoder_->time_base = {1, sample_rate};
        encoder_->frame_size = samples_per_block;
        encoder_->thread_count = 1;
        encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
        av_channel_layout_default(&encoder_->ch_layout, 1);
        check(avcodec_open2(encoder_.get(), codec, nullptr), "opening the encoder");
    }

    void open_container() {
        stream_ = avformat_new_stream(container_.get(), nullptr);
        check(stream_ == nullptr ? AVERROR(ENOMEM) : 0, "adding a stream");
        stream_->time_base = encoder_->time_base;
        check(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()), "set-up");
        container_->flags |= AVFMT_FLAG_BITEXACT;
        check(avio_open(&container_->pb, file_.c_str(), AVIO_FLAG_WRITE), "creating the file");
        check(avformat_write_header(container_.get(), nullptr), "writing the header");
    }

    void write_block(std::span<const float> samples) {
        const std::unique_ptr<AVFrame, Closer> frame(av_frame_alloc());
        frame->nb_samples = static_cast<int>(samples.size());
        frame->format = encoder_->sample_fmt;
        frame->sample_rate = sample_rate;
        frame->pts = written_;
        check(av_channel_layout_copy(&frame->ch_layout, &encoder_->ch_layout), "set-up");
        check(av_frame_get_buffer(frame.get(), 0), "allocating a block");
        auto* to = reinterpret_cast<std::int16_t*>(frame->data[0]);
        std::transform(samples.begin(), samples.end(), to, [](float value) {
            return static_cast<std::int16_t>(std::lround(value * 32767));
        });
        written_ += frame->nb_samples;
        encode(frame.get());
    }

    /// Encodes one block, or what is pending for nullptr, and writes the packets that result.
    void encode(const AVFrame* block) {
        check(avcodec_send_frame(encoder_.get(), block), "encoding");
        while (true) {
            const int status = avcodec_receive_packet(encoder_.get(), packet_.get());
            if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return;
            check(status, "encoding");
            av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
            packet_->stream_index = stream_->index;
            check(av_interleaved_write_frame(container_.get(), packet_.get()), "writing");
        }
    }

    std::string file_;
    std::unique_ptr<AVFormatContext, Closer> container_;
    std::unique_ptr<AVCodecContext, Closer> encoder_;
    std::unique_ptr<AVPacket, Closer> packet_{av_packet_alloc()};
    AVStream* stream_ = nullptr;
    std::int64_t written_ = 0;
};

}  // namespace

std::string container_of(const std::filesystem::path& file) {
    if (file.extension() == ".flac") return "flac";
    if (file.extension() == ".wav") return "wav";
    throw UsageError(file.string(), "is neither .flac nor .wav", "name a .flac or a .wav file");
}

void write_sound(const std::filesystem::path& file, const std::string& container,
                 std::span<const float> samples) {
    SoundWriter(file, container).write(samples);
}

}  // namespace oneadapt::speech
