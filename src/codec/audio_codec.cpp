#include "codec/audio_codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

#include "knobs/knob_space.hpp"
#include "media/libav.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

extern "C" {
#include <libswresample/swresample.h>
}

namespace oneadapt {
namespace {

using Samples = std::vector<float>;

/// What sets one encoder of libavcodec apart from another.
struct AudioFormat {
    std::string name;     ///< row of the codec table
    std::string encoder;  ///< libavcodec's name
    std::string decoder;  ///< libavcodec's name
    AVSampleFormat samples;
    std::vector<int> rates;  ///< those that the encoder takes; empty = any
    /// Encoder options, as the ffmpeg program spells them.
    std::string (*options)(double kbit_per_second);
};

using ResamplerPtr = std::unique_ptr<SwrContext, libav::FreeByAddress<swr_free>>;

/// One channel of samples of another rate or form; as long as the sound was, to the sample.
class Resampler {
  public:
    Resampler(AVSampleFormat from, int from_rate, AVSampleFormat to, int to_rate) : to_(to) {
        AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
        SwrContext* context = nullptr;
        int code =
            swr_alloc_set_opts2(&context, &mono, to, to_rate, &mono, from, from_rate, 0, nullptr);
        context_.reset(context);
        if (code >= 0) code = swr_init(context);
        if (code < 0) throw std::runtime_error("libswresample: " + libav::error_text(code));
    }

    /// Takes samples in; returns what is ready. Null flushes.
    std::vector<std::uint8_t> convert(const std::uint8_t* samples, int count) {
        const auto width = static_cast<std::size_t>(av_get_bytes_per_sample(to_));
        std::vector<std::uint8_t> out(
            static_cast<std::size_t>(std::max(0, swr_get_out_samples(context_.get(), count))) *
            width);
        std::uint8_t* into = out.data();
        const int made = swr_convert(context_.get(), &into, static_cast<int>(out.size() / width),
                                     samples == nullptr ? nullptr : &samples, count);
        if (made < 0) throw std::runtime_error("libswresample: " + libav::error_text(made));
        out.resize(static_cast<std::size_t>(made) * width);
        return out;
    }

  private:
    AVSampleFormat to_;
    ResamplerPtr context_;
};

/// All of a sound at another rate and form.
std::vector<std::uint8_t> resampled(std::span<const float> sound, int rate, AVSampleFormat to,
                                    int to_rate) {
    Resampler resampler(AV_SAMPLE_FMT_FLT, rate, to, to_rate);
    std::vector<std::uint8_t> out = resampler.convert(
        reinterpret_cast<const std::uint8_t*>(sound.data()), static_cast<int>(sound.size()));
    const std::vector<std::uint8_t> rest = resampler.convert(nullptr, 0);
    out.insert(out.end(), rest.begin(), rest.end());
    const double count = static_cast<double>(sound.size()) * to_rate / rate;
    out.resize(static_cast<std::size_t>(std::llround(count)) *
               static_cast<std::size_t>(av_get_bytes_per_sample(to)));
    return out;
}

Samples at_rate(std::span<const float> sound, int rate, int to_rate) {
    if (rate == to_rate) return {sound.begin(), sound.end()};
    const std::vector<std::uint8_t> bytes = resampled(sound, rate, AV_SAMPLE_FMT_FLT, to_rate);
    Samples out(bytes.size() / sizeof(float));
    std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
}

int receive_all(AVCodecContext& encoder, AVPacket& packet, Encoded& encoded) {
    int code = 0;
    while ((code = avcodec_receive_packet(&encoder, &packet)) >= 0) {
        if (packet.size > 0) {  // FLAC's last one only corrects the header's statistics
            encoded.packets.emplace_back(packet.data, packet.data + packet.size);
            encoded.bytes += packet.size;
        }
        av_packet_unref(&packet);
    }
    return code == AVERROR(EAGAIN) || code == AVERROR_EOF ? 0 : code;
}

class AudioCodec final : public Codec {
  public:
    AudioCodec(AudioFormat format, const std::string& preset) : format_(std::move(format)) {
        libav::capture_log();
        refuse_preset(format_.name, preset);
        if (avcodec_find_encoder_by_name(format_.encoder.c_str()) == nullptr ||
            avcodec_find_decoder_by_name(format_.decoder.c_str()) == nullptr) {
            throw UsageError(fmt::format("codec '{}'", format_.name),
                             fmt::format("is not in this libavcodec (no {})", format_.encoder),
                             "install an FFmpeg that has it, or choose another --codec");
        }
    }

    std::string identity() const override {
        return fmt::format("{} / {} / {}", format_.encoder, LIBAVCODEC_IDENT, LIBSWRESAMPLE_IDENT);
    }
    Encoded encode(const Segment& segment, const Configuration& configuration) const override;
    std::vector<cv::Mat> decode(const Encoded& encoded) const override;

  private:
    int encoder_rate(int rate) const;
    libav::CodecPtr open_encoder(int rate, double kbit_per_second) const;
    libav::CodecPtr open_decoder(const Encoded& encoded) const;
    void write(const std::vector<std::uint8_t>& samples, AVCodecContext& encoder,
               Encoded& encoded) const;

    AudioFormat format_;
};

/// The sound cut into the segment's frames; what the decoder adds or lacks at the end is dropped or
/// silence.
std::vector<cv::Mat> cut(const std::vector<std::uint8_t>& sound, const Encoded& encoded) {
    const std::size_t frame_bytes = static_cast<std::size_t>(encoded.size.area()) * sizeof(float);
    std::vector<cv::Mat> frames;
    for (std::size_t i = 0; i < encoded.kept.size(); ++i) {
        cv::Mat frame = cv::Mat::zeros(encoded.size, CV_32F);
        const std::size_t from = std::min(sound.size(), i * frame_bytes);
        std::memcpy(frame.data, sound.data() + from, std::min(frame_bytes, sound.size() - from));
        frames.push_back(std::move(frame));
    }
    return frames;
}

int analysis_rate(cv::Size size, double fps) {
    return static_cast<int>(std::lround(size.width * fps));
}

/// The lowest rate of the encoder that carries all of `rate`.
int AudioCodec::encoder_rate(int rate) const {
    if (format_.rates.empty()) return rate;
    const auto found = std::ranges::lower_bound(format_.rates, rate);
    return found == format_.rates.end() ? format_.rates.back() : *found;
}

libav::CodecPtr AudioCodec::open_encoder(int rate, double kbit_per_second) const {
    const AVCodec* codec = avcodec_find_encoder_by_name(format_.encoder.c_str());
    libav::CodecPtr encoder = libav::make_codec(codec);
    encoder->sample_fmt = format_.samples;
    encoder->sample_rate = rate;
    encoder->ch_layout = AV_CHANNEL_LAYOUT_MONO;
    encoder->time_base = {1, rate};
    encoder->thread_count = 1;
    const std::string text = format_.options(kbit_per_second);
    AVDictionary* options = nullptr;
    int code = av_dict_parse_string(&options, text.c_str(), "=", ",", 0);
    if (code >= 0) code = avcodec_open2(encoder.get(), codec, &options);
    av_dict_free(&options);
    if (code < 0) {
        throw UsageError(
            fmt::format("codec '{}'", format_.name),
            fmt::format("cannot encode {} Hz with {} ({})", rate, text, libav::error_text(code)),
            "choose other knob values");
    }
    return encoder;
}

/// Encodes samples in the encoder's form, packet by packet.
void AudioCodec::write(const std::vector<std::uint8_t>& samples, AVCodecContext& encoder,
                       Encoded& encoded) const {
    const auto width = static_cast<std::size_t>(av_get_bytes_per_sample(format_.samples));
    const std::size_t count = samples.size() / width;
    const libav::PacketPtr packet = libav::make_packet();
    int code = 0;
    for (std::size_t at = 0; at < count && code >= 0;) {
        check_interrupt();
        const libav::FramePtr frame = libav::make_frame();
        frame->nb_samples =
            static_cast<int>(std::min(count - at, static_cast<std::size_t>(encoder.frame_size)));
        frame->format = format_.samples;
        frame->sample_rate = encoder.sample_rate;
        frame->ch_layout = encoder.ch_layout;
        frame->pts = static_cast<std::int64_t>(at);
        code = av_frame_get_buffer(frame.get(), 0);
        if (code < 0) break;
        const auto taken = static_cast<std::size_t>(frame->nb_samples);
        std::memcpy(frame->data[0], samples.data() + at * width, taken * width);
        at += taken;
        code = avcodec_send_frame(&encoder, frame.get());
        if (code >= 0) code = receive_all(encoder, *packet, encoded);
    }
    if (code >= 0) code = avcodec_send_frame(&encoder, nullptr);
    if (code >= 0) code = receive_all(encoder, *packet, encoded);
    if (code < 0) throw std::runtime_error("encoding failed: " + libav::error_text(code));
}

Encoded AudioCodec::encode(const Segment& segment, const Configuration& configuration) const {
    const int rate = analysis_rate(segment.size, segment.fps);
    const double wanted = configuration.get("sample-rate", rate / 1000.0) * 1000;
    const int sent_rate = std::min(rate, static_cast<int>(std::lround(wanted)));
    Encoded encoded;
    encoded.size = segment.size;
    encoded.fps = segment.fps;
    Samples sound;
    for (std::size_t i = 0; i < segment.frames.size(); ++i) {
        encoded.kept.push_back(static_cast<int>(i));
        const auto* samples = segment.frames[i].ptr<float>();
        sound.insert(sound.end(), samples, samples + segment.frames[i].total());
    }
    const int coded_rate = encoder_rate(sent_rate);
    const libav::CodecPtr encoder =
        open_encoder(coded_rate, configuration.get("audio-bitrate", kNeutralAudioBitrate));
    // The stream's header is sent with every segment, which is encoded on its own.
    encoded.packets.emplace_back(encoder->extradata, encoder->extradata + encoder->extradata_size);
    encoded.bytes = encoder->extradata_size;
    const auto samples =
        resampled(at_rate(sound, rate, sent_rate), sent_rate, format_.samples, coded_rate);
    encoded.encoded_units =
        static_cast<std::int64_t>(samples.size()) / av_get_bytes_per_sample(format_.samples);
    write(samples, *encoder, encoded);
    return encoded;
}

libav::CodecPtr AudioCodec::open_decoder(const Encoded& encoded) const {
    const AVCodec* codec = avcodec_find_decoder_by_name(format_.decoder.c_str());
    libav::CodecPtr decoder = libav::make_codec(codec);
    const std::vector<std::uint8_t>& header = encoded.packets.front();
    decoder->extradata =
        static_cast<std::uint8_t*>(av_mallocz(header.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (decoder->extradata == nullptr) throw std::bad_alloc();
    std::ranges::copy(header, decoder->extradata);
    decoder->extradata_size = static_cast<int>(header.size());
    decoder->ch_layout = AV_CHANNEL_LAYOUT_MONO;
    decoder->thread_count = 1;
    const int code = avcodec_open2(decoder.get(), codec, nullptr);
    if (code < 0) throw std::runtime_error("decoding failed: " + libav::error_text(code));
    return decoder;
}

std::vector<cv::Mat> AudioCodec::decode(const Encoded& encoded) const {
    const libav::CodecPtr decoder = open_decoder(encoded);
    const libav::FramePtr frame = libav::make_frame();
    const libav::PacketPtr packet = libav::make_packet();
    const int rate = analysis_rate(encoded.size, encoded.fps);
    std::unique_ptr<Resampler> resampler;
    std::vector<std::uint8_t> bytes;
    const auto append = [&](const std::vector<std::uint8_t>& more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
    };
    int code = 0;
    const auto receive = [&] {
        while (code >= 0 && (code = avcodec_receive_frame(decoder.get(), frame.get())) >= 0) {
            if (!resampler) {
                resampler =
                    std::make_unique<Resampler>(static_cast<AVSampleFormat>(frame->format),
                                                frame->sample_rate, AV_SAMPLE_FMT_FLT, rate);
            }
            append(resampler->convert(frame->data[0], frame->nb_samples));
        }
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) code = 0;
    };
    for (std::size_t i = 1; i < encoded.packets.size() && code >= 0; ++i) {
        check_interrupt();
        const std::vector<std::uint8_t>& data = encoded.packets[i];
        code = av_new_packet(packet.get(), static_cast<int>(data.size()));
        if (code < 0) break;
        std::ranges::copy(data, packet->data);
        code = avcodec_send_packet(decoder.get(), packet.get());
        av_packet_unref(packet.get());
        receive();
    }
    if (code >= 0) code = avcodec_send_packet(decoder.get(), nullptr);
    receive();
    if (code < 0 || !resampler) {
        throw std::runtime_error("decoding failed: " + libav::error_text(code));
    }
    append(resampler->convert(nullptr, 0));
    return cut(bytes, encoded);
}

std::string flac_options(double /*kbit_per_second*/) {
    return "compression_level=5";
}

std::string opus_options(double kbit_per_second) {
    return fmt::format("b={},vbr=on,application=audio,frame_duration=20",
                       std::lround(kbit_per_second * 1000));
}

}  // namespace

std::unique_ptr<Codec> make_flac(const std::string& preset) {
    return std::make_unique<AudioCodec>(
        AudioFormat{"flac", "flac", "flac", AV_SAMPLE_FMT_S16, {}, flac_options}, preset);
}

std::unique_ptr<Codec> make_opus(const std::string& preset) {
    return std::make_unique<AudioCodec>(AudioFormat{"opus",
                                                    "libopus",
                                                    "libopus",
                                                    AV_SAMPLE_FMT_FLT,
                                                    {8000, 12000, 16000, 24000, 48000},
                                                    opus_options},
                                        preset);
}

}  // namespace oneadapt
