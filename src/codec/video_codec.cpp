#include "codec/video_codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/core/utility.hpp>

#include "codec/frame_filter.hpp"
#include "codec/macroblocks.hpp"
#include "knobs/knob_space.hpp"
#include "media/libav.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// x264 and x265 share these names.
constexpr std::array<std::string_view, 10> kPresets = {
    "ultrafast", "superfast", "veryfast", "faster",   "fast",
    "medium",    "slow",      "slower",   "veryslow", "placebo"};

constexpr int kSmallestSide = 16;  ///< x265 takes no smaller picture

/// Scales yuv420p pictures as FFmpeg's `scale=W:H:flags=bilinear` does. One per thread: each keeps
/// the tables of the last pair of sizes.
class Scaler {
  public:
    void scale(const AVFrame& from, const AVFrame& to) {
        context_.reset(sws_getCachedContext(
            context_.release(), from.width, from.height, AV_PIX_FMT_YUV420P, to.width, to.height,
            AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr, nullptr, nullptr));
        if (!context_) throw std::runtime_error("libswscale refuses a picture size");
        sws_scale(context_.get(), from.data, from.linesize, 0, from.height, to.data, to.linesize);
    }

  private:
    libav::ScalerPtr context_;
};

cv::Mat scaled(const AVFrame& from, cv::Size size) {
    static thread_local Scaler down;
    static thread_local Scaler up;
    static thread_local const libav::FramePtr to = libav::make_frame();
    cv::Mat image(size.height * 3 / 2, size.width, CV_8UC1);
    libav::wrap_i420(image, size, *to);
    (from.width * from.height > size.area() ? down : up).scale(from, *to);
    av_frame_unref(to.get());
    return image;
}

const AVCodec* find_encoder(const VideoFormat& format) {
    const AVCodec* encoder = avcodec_find_encoder_by_name(format.encoder.c_str());
    if (encoder == nullptr || avcodec_find_decoder_by_name(format.decoder.c_str()) == nullptr) {
        throw UsageError(fmt::format("codec '{}'", format.name),
                         fmt::format("is not in this libavcodec (no {})", format.encoder),
                         "install an FFmpeg that has it, or choose another --codec");
    }
    return encoder;
}

/// An encoder of one segment, set up as the ffmpeg program does for raw frames and one thread.
class Encoder {
  public:
    Encoder(const VideoFormat& format, const std::string& preset, cv::Size size, double rate,
            const Quality& quality)
        : context_(libav::make_codec(find_encoder(format))) {
        context_->width = size.width;
        context_->height = size.height;
        context_->pix_fmt = AV_PIX_FMT_YUV420P;
        context_->framerate = av_d2q(rate, 1001000);
        context_->time_base = av_inv_q(context_->framerate);
        context_->thread_count = 1;  // the bytes must not depend on the machine
        AVDictionary* options = nullptr;
        av_dict_set(&options, "preset", preset.c_str(), 0);
        const std::string text = format.options(quality);
        int code = av_dict_parse_string(&options, text.c_str(), "=", ",", 0);
        if (code >= 0) code = avcodec_open2(context_.get(), context_->codec, &options);
        const AVDictionaryEntry* unused = av_dict_get(options, "", nullptr, AV_DICT_IGNORE_SUFFIX);
        const std::string refused = unused == nullptr ? "" : unused->key;
        av_dict_free(&options);
        if (code < 0 || !refused.empty()) {
            throw UsageError(
                fmt::format("codec '{}'", format.name),
                fmt::format("cannot encode {}x{} with {} ({})", size.width, size.height, text,
                            code < 0 ? libav::error_text(code) : refused),
                "choose other knob values or another size");
        }
    }

    /// Encodes one frame, or with nullptr what is left, and stores the packets that are ready.
    void send(AVFrame* frame, Encoded& encoded) {
        if (frame != nullptr) frame->pts = next_pts_++;
        int code = avcodec_send_frame(context_.get(), frame);
        while (code >= 0) {
            check_interrupt();
            code = avcodec_receive_packet(context_.get(), packet_.get());
            if (code < 0) break;
            encoded.packets.emplace_back(packet_->data, packet_->data + packet_->size);
            encoded.bytes += packet_->size;
            av_packet_unref(packet_.get());
        }
        if (code != AVERROR(EAGAIN) && code != AVERROR_EOF) {
            throw std::runtime_error("encoding failed: " + libav::error_text(code));
        }
    }

  private:
    libav::CodecPtr context_;
    libav::PacketPtr packet_ = libav::make_packet();
    std::int64_t next_pts_ = 0;
};

class VideoCodec final : public Codec {
  public:
    VideoCodec(VideoFormat format, const std::string& preset)
        : format_(std::move(format)), preset_(preset) {
        libav::capture_log();
        if (std::ranges::find(kPresets, preset) == kPresets.end()) {
            throw UsageError(fmt::format("preset '{}'", preset), "is unknown",
                             fmt::format("choose from {}", fmt::join(kPresets, ", ")));
        }
        identity_ = fmt::format("{} {} / {} / {} / OpenCV {} / preset {}", format_.encoder,
                                encoder_version(), LIBAVCODEC_IDENT, LIBSWSCALE_IDENT,
                                cv::getVersionString(), preset_);
    }

    std::string identity() const override { return identity_; }
    Encoded encode(const Segment& segment, const Configuration& configuration) const override;
    std::vector<cv::Mat> decode(const Encoded& encoded) const override;

  private:
    std::string encoder_version() const;

    VideoFormat format_;
    std::string preset_;
    std::string identity_;
};

/// x264 clips what is out of range without a word.
void check_range(const std::string& codec, const Configuration& configuration) {
    for (const auto& [name, values] : configuration.values()) {
        const KnobKind& knob = find_knob(name);
        const auto [low, high] = std::ranges::minmax(values);
        if (low >= knob.lowest && high <= knob.highest) continue;
        throw UsageError(fmt::format("codec '{}'", codec),
                         fmt::format("cannot encode with {}={}", name, configuration.get(name, 0)),
                         fmt::format("use {} to {}", knob.lowest, knob.highest));
    }
}

Quality quality_of(const Configuration& configuration) {
    Quality quality;
    quality.qp = static_cast<int>(std::lround(configuration.get("qp", kNeutralQp)));
    quality.bframe_bias =
        static_cast<int>(std::lround(configuration.get("bframe-bias", kNeutralBframeBias)));
    quality.by_region = configuration.has("macroblock");
    if (quality.by_region) {
        const double lowest = std::ranges::min(configuration.values().at("macroblock"));
        quality.qp = static_cast<int>(std::lround(lowest));
    }
    return quality;
}

Encoded VideoCodec::encode(const Segment& segment, const Configuration& configuration) const {
    check_range(format_.name, configuration);
    const double rate = std::min(segment.fps, configuration.get("framerate", segment.fps));
    Encoded encoded;
    encoded.size = segment.size;
    encoded.fps = segment.fps;
    encoded.sent_size = sent_size(segment.size, configuration.get("resolution", 1.0));
    encoded.kept = filter_frames(segment, configuration, kept_frames(segment, rate));
    const Quality quality = quality_of(configuration);
    Encoder encoder(format_, preset_, encoded.sent_size, rate, quality);
    // Other than at constant QP, x264 does not give the first frame its usual bonus by itself.
    constexpr int kFirstFrameBonus = 3;
    const auto blocks_of = [&](int base) {
        return find_macroblocks(configuration.values().at("macroblock"), base, segment.size,
                                encoded.sent_size);
    };
    std::vector<AVRegionOfInterest> blocks;
    if (quality.by_region) blocks = blocks_of(quality.qp + kFirstFrameBonus);
    const libav::FramePtr frame = libav::make_frame();
    for (const int index : encoded.kept) {
        check_interrupt();
        cv::Mat image = segment.frames.at(static_cast<std::size_t>(index));
        libav::wrap_i420(image, segment.size, *frame);
        if (encoded.sent_size != segment.size) {
            image = scaled(*frame, encoded.sent_size);
            libav::wrap_i420(image, encoded.sent_size, *frame);
        }
        attach(blocks, *frame);
        encoder.send(frame.get(), encoded);
        encoded.encoded_units += encoded.sent_size.area();
        av_frame_unref(frame.get());
        if (quality.by_region && index == 0) blocks = blocks_of(quality.qp);
    }
    encoder.send(nullptr, encoded);
    return encoded;
}

std::vector<cv::Mat> VideoCodec::decode(const Encoded& encoded) const {
    const AVCodec* codec = avcodec_find_decoder_by_name(format_.decoder.c_str());
    const libav::CodecPtr decoder = libav::make_codec(codec);
    decoder->thread_count = 1;
    int code = avcodec_open2(decoder.get(), codec, nullptr);
    const libav::FramePtr frame = libav::make_frame();
    const libav::PacketPtr packet = libav::make_packet();
    std::vector<cv::Mat> images;
    const auto receive = [&] {
        while (code >= 0 && (code = avcodec_receive_frame(decoder.get(), frame.get())) >= 0) {
            check_interrupt();
            images.push_back(encoded.sent_size == encoded.size ? libav::i420_from(*frame)
                                                               : scaled(*frame, encoded.size));
        }
        if (code == AVERROR(EAGAIN)) code = 0;
    };
    for (const std::vector<std::uint8_t>& bytes : encoded.packets) {
        if (code < 0) break;
        // The decoder reads past the end of its input; av_new_packet pads it.
        code = av_new_packet(packet.get(), static_cast<int>(bytes.size()));
        if (code < 0) break;
        std::ranges::copy(bytes, packet->data);
        code = avcodec_send_packet(decoder.get(), packet.get());
        av_packet_unref(packet.get());
        receive();
    }
    if (code >= 0) code = avcodec_send_packet(decoder.get(), nullptr);
    receive();
    if (images.size() != encoded.kept.size()) {
        throw std::runtime_error("decoding what was just encoded failed: " +
                                 libav::error_text(code));
    }
    return images;
}

/// What the encoder calls itself in its stream, e.g. "x264 - core 164 r3095 baee400": libav has no
/// other way to tell.
std::string VideoCodec::encoder_version() const {
    const cv::Size size(64, 64);
    Encoded encoded;
    const cv::Mat grey(size.height * 3 / 2, size.width, CV_8UC1, cv::Scalar(128));
    const libav::FramePtr frame = libav::make_frame();
    libav::wrap_i420(grey, size, *frame);
    Encoder encoder(format_, preset_, size, 10, Quality{});
    encoder.send(frame.get(), encoded);
    encoder.send(nullptr, encoded);
    std::string stream;
    for (const auto& packet : encoded.packets) stream.append(packet.begin(), packet.end());
    const std::size_t begin = stream.find("x26");
    const std::size_t end = stream.find(" - H.26", begin);
    const bool found = begin != std::string::npos && end != std::string::npos;
    return found ? stream.substr(begin, end - begin) : "of unknown version";
}

std::string h264_options(const Quality& quality) {
    // At constant QP x264 leaves regions unheeded, and so without adaptive quantisation. With these
    // settings a frame without regions is as large as at constant QP within a few per cent.
    std::string options = fmt::format("{}={}", quality.by_region ? "crf" : "qp", quality.qp);
    if (quality.by_region) options += ",qcomp=1,mbtree=0,aq-mode=1,aq-strength=0.01";
    if (quality.bframe_bias != kNeutralBframeBias) {
        options += fmt::format(",b-bias={}", quality.bframe_bias);
    }
    return options;
}

// The bytes must not depend on the machine: with pools=none wavefronts would be off, which costs
// other bytes than the ffmpeg program writes on any machine of several cores; one worker keeps them
// on.
std::string h265_options(const Quality& quality) {
    return fmt::format("x265-params=qp={}:bframe-bias={}:log-level=none:pools=1:frame-threads=1",
                       quality.qp, quality.bframe_bias);
}

}  // namespace

std::unique_ptr<Codec> make_h264(const std::string& preset) {
    return std::make_unique<VideoCodec>(VideoFormat{"h264", "libx264", "h264", h264_options},
                                        preset);
}

std::unique_ptr<Codec> make_h265(const std::string& preset) {
    return std::make_unique<VideoCodec>(VideoFormat{"h265", "libx265", "hevc", h265_options},
                                        preset);
}

cv::Size sent_size(cv::Size analysis, double scale) {
    const auto side = [scale](int full) {
        return std::max(kSmallestSide, 2 * static_cast<int>(std::lround(full * scale / 2)));
    };
    return {side(analysis.width), side(analysis.height)};
}

}  // namespace oneadapt
