#include "support/tiny_clip.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "media/libav.hpp"

extern "C" {
#include <libavutil/display.h>
}

namespace oneadapt::test {
namespace {

namespace fs = std::filesystem;

void need(int code) {
    if (code < 0) throw std::runtime_error("tiny clip: " + libav::error_text(code));
}

std::uint8_t luma(int x, int y, int index) {
    const double wave = std::sin(0.21 * (x - 3 * index)) + std::cos(0.17 * (y + 2 * index));
    const int grain = (x * 7 + y * 13 + index * 5) % 11;
    return static_cast<std::uint8_t>(std::lround(110 + 40 * wave) + grain);
}

void paint(const AVFrame& frame, int index) {
    for (int plane = 0; plane < 3; ++plane) {
        const int width = plane == 0 ? frame.width : (frame.width + 1) / 2;
        const int height = plane == 0 ? frame.height : (frame.height + 1) / 2;
        for (int y = 0; y < height; ++y) {
            std::uint8_t* row =
                frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane];
            for (int x = 0; x < width; ++x) {
                row[x] = plane == 0 ? luma(x, y, index)
                                    : static_cast<std::uint8_t>(100 + 20 * plane + (x + index) % 9);
            }
        }
    }
}

struct Output {
    AVFormatContext* context = nullptr;
    explicit Output(const fs::path& file) {
        need(avformat_alloc_output_context2(&context, nullptr, nullptr, file.c_str()));
        need(avio_open(&context->pb, file.c_str(), AVIO_FLAG_WRITE));
    }
    ~Output() {
        avio_closep(&context->pb);
        avformat_free_context(context);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
};

libav::CodecPtr open_encoder(const Recording& recording, AVPixelFormat format, bool global_header) {
    const AVCodec* codec = avcodec_find_encoder_by_name(recording.encoder.c_str());
    if (codec == nullptr) throw std::runtime_error("no encoder " + recording.encoder);
    auto encoder = libav::make_codec(codec);
    encoder->width = recording.size.width;
    encoder->height = recording.size.height;
    encoder->pix_fmt = format;
    encoder->time_base = {1, 1000};
    encoder->gop_size = recording.gop;
    encoder->thread_count = 1;
    if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    need(avcodec_open2(encoder.get(), codec, nullptr));
    return encoder;
}

AVStream* add_stream(Output& out, const AVCodecContext& encoder, int turn_degrees) {
    AVStream* stream = avformat_new_stream(out.context, nullptr);
    stream->time_base = encoder.time_base;
    need(avcodec_parameters_from_context(stream->codecpar, &encoder));
    if (turn_degrees != 0) {
        auto* matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36);
        av_display_rotation_set(reinterpret_cast<std::int32_t*>(matrix), turn_degrees);
    }
    return stream;
}

/// Every packet is said to last as long as the last one: containers ask for that one alone.
void send(Output& out, AVCodecContext& encoder, const AVStream& stream, const AVFrame* frame,
          std::int64_t duration_ms) {
    const libav::PacketPtr packet = libav::make_packet();
    need(avcodec_send_frame(&encoder, frame));
    while (avcodec_receive_packet(&encoder, packet.get()) >= 0) {
        packet->duration = duration_ms;
        av_packet_rescale_ts(packet.get(), encoder.time_base, stream.time_base);
        packet->stream_index = stream.index;
        need(av_interleaved_write_frame(out.context, packet.get()));
    }
}

}  // namespace

cv::Mat pattern(cv::Size size, int index) {
    cv::Mat image(size.height * 3 / 2, size.width, CV_8UC1);
    const libav::FramePtr frame = libav::make_frame();
    libav::wrap_i420(image, size, *frame);
    paint(*frame, index);
    return image;
}

Segment pattern_segment(cv::Size size, int frames, double fps) {
    Segment segment;
    segment.size = size;
    segment.fps = fps;
    segment.info.frames = frames;
    segment.info.duration = {frames / fps};
    segment.frames.reserve(static_cast<std::size_t>(frames));
    for (int i = 0; i < frames; ++i) segment.frames.push_back(pattern(size, i));
    return segment;
}

std::vector<std::int64_t> constant_rate(int frames, int fps) {
    std::vector<std::int64_t> times;
    times.reserve(static_cast<std::size_t>(frames));
    for (int i = 0; i < frames; ++i) times.push_back(1000 * i / fps);
    return times;
}

void write_recording(const fs::path& file, const Recording& recording) {
    libav::capture_log();
    Output out(file);
    const bool global_header = (out.context->oformat->flags & AVFMT_GLOBALHEADER) != 0;
    const auto encoder = open_encoder(recording, AV_PIX_FMT_YUV420P, global_header);
    const AVStream* stream = add_stream(out, *encoder, recording.turn_degrees);
    need(avformat_write_header(out.context, nullptr));
    const libav::FramePtr frame = libav::make_frame();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = recording.size.width;
    frame->height = recording.size.height;
    need(av_frame_get_buffer(frame.get(), 0));
    const std::vector<std::int64_t>& times = recording.times_ms;
    const std::int64_t last_ms = times.size() < 2 ? 40 : times.back() - times[times.size() - 2];
    for (std::size_t i = 0; i < times.size(); ++i) {
        need(av_frame_make_writable(frame.get()));
        paint(*frame, static_cast<int>(i));
        frame->pts = times[i];
        send(out, *encoder, *stream, frame.get(), last_ms);
    }
    if (!times.empty()) send(out, *encoder, *stream, nullptr, last_ms);
    need(av_write_trailer(out.context));
}

void write_grey(const fs::path& file, const std::vector<cv::Mat>& pictures, int fps) {
    libav::capture_log();
    Output out(file);
    const AVPixelFormat format =
        pictures.front().depth() == CV_16U ? AV_PIX_FMT_GRAY16LE : AV_PIX_FMT_GRAY8;
    const auto encoder = open_encoder({.size = pictures.front().size()}, format,
                                      (out.context->oformat->flags & AVFMT_GLOBALHEADER) != 0);
    const AVStream* stream = add_stream(out, *encoder, 0);
    need(avformat_write_header(out.context, nullptr));
    const std::vector<std::int64_t> times = constant_rate(static_cast<int>(pictures.size()), fps);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const libav::FramePtr frame = libav::make_frame();
        frame->format = format;
        frame->width = pictures[i].cols;
        frame->height = pictures[i].rows;
        need(av_frame_get_buffer(frame.get(), 0));
        pictures[i].copyTo(cv::Mat(pictures[i].size(), pictures[i].type(), frame->data[0],
                                   static_cast<std::size_t>(frame->linesize[0])));
        frame->pts = times[i];
        send(out, *encoder, *stream, frame.get(), 1000 / fps);
    }
    send(out, *encoder, *stream, nullptr, 1000 / fps);
    need(av_write_trailer(out.context));
}

void write_wav(const fs::path& file, int seconds, bool noise) {
    const auto bytes = static_cast<std::uint32_t>(8000 * seconds);
    std::string samples(bytes, '\x80');
    if (noise)
        std::ranges::generate(
            samples, [rng = cv::RNG(1)]() mutable { return static_cast<char>(rng.next()); });
    const auto word = [](std::uint32_t value) {
        std::string text(4, '\0');
        for (std::size_t i = 0; i < 4; ++i) text[i] = static_cast<char>(value >> (8 * i));
        return text;
    };
    // 8 kHz, mono, 8 bit.
    write_text(file, "RIFF" + word(36 + bytes) + "WAVEfmt " + word(16) +
                         std::string("\x01\0\x01\0", 4) + word(8000) + word(8000) +
                         std::string("\x01\0\x08\0", 4) + "data" + word(bytes) + samples);
}

void write_sound(const fs::path& file, const Sound& sound) {
    libav::capture_log();
    Output out(file);
    const auto encoder = libav::make_codec(avcodec_find_encoder_by_name(sound.encoder.c_str()));
    encoder->sample_rate = sound.rate;
    encoder->sample_fmt = AV_SAMPLE_FMT_S16;
    encoder->time_base = {1, sound.rate};
    av_channel_layout_default(&encoder->ch_layout, 1);
    need(avcodec_open2(encoder.get(), nullptr, nullptr));
    const AVStream* stream = add_stream(out, *encoder, 0);
    need(avformat_write_header(out.context, nullptr));
    const int most = encoder->frame_size > 0 ? encoder->frame_size : sound.packet;
    for (const Tone& tone : sound.tones) {
        const auto samples = static_cast<int>(std::lround(tone.seconds * sound.rate));
        for (int first = 0; first < samples; first += most) {
            const libav::FramePtr frame = libav::make_frame();
            frame->nb_samples = std::min(most, samples - first);
            frame->format = encoder->sample_fmt;
            frame->sample_rate = sound.rate;
            av_channel_layout_default(&frame->ch_layout, 1);
            need(av_frame_get_buffer(frame.get(), 0));
            auto* to = reinterpret_cast<std::int16_t*>(frame->data[0]);
            for (int i = 0; i < frame->nb_samples; ++i) {
                to[i] = static_cast<std::int16_t>(std::lround(
                    16384 * std::sin(2 * CV_PI * tone.hertz * (first + i) / sound.rate)));
            }
            frame->pts = std::llround(tone.start_s * sound.rate) + first;
            send(out, *encoder, *stream, frame.get(), frame->nb_samples);
        }
    }
    send(out, *encoder, *stream, nullptr, 0);
    need(av_write_trailer(out.context));
}

void write_text(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

void cut_off(const fs::path& file, double share) {
    fs::resize_file(file,
                    static_cast<std::uintmax_t>(static_cast<double>(fs::file_size(file)) * share));
}

void damage(const fs::path& file, double share) {
    const auto size = static_cast<double>(fs::file_size(file));
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size * share));
    stream << std::string(static_cast<std::size_t>(size / 10), '\x55');
}

}  // namespace oneadapt::test
