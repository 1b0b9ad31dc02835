#include "media/audio_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "media/container.hpp"
#include "media/frame_reader.hpp"
#include "media/stream_decoder.hpp"
#include "support/errors.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
}

namespace oneadapt {
namespace {

constexpr int kLowestRate = 1000;           ///< samples per second that a recording may have
constexpr int kHighestRate = 768000;        ///< likewise: no converter that records sound has more
constexpr double kLongestSoundFrame = 600;  ///< seconds
/// Seconds that a recording's time may go back: what is recorded twice is left out. More than that,
/// and the recording begins anew.
constexpr double kLongestOverlap = 1;

constexpr const char* kConvert =
    "convert it to one channel, e.g. with `ffmpeg -i RECORDING -af 'pan=mono|c0=c0' NEW.wav`";

/// The filter that mixes channels of a layout for which FFmpeg knows no mix: their plain mean.
std::string mean_of(const AVChannelLayout& recorded) {
    AVChannelLayout known{};
    av_channel_layout_default(&known, recorded.nb_channels);
    const AVChannelOrder order =
        recorded.order == AV_CHANNEL_ORDER_UNSPEC ? known.order : recorded.order;
    if (order == AV_CHANNEL_ORDER_NATIVE) return "";
    std::string mean = "pan=mono|c0=";
    for (int c = 0; c < recorded.nb_channels; ++c) {
        mean += fmt::format("{}{}*c{}", c == 0 ? "" : "+", 1.0 / recorded.nb_channels, c);
    }
    return mean + ",";
}

class AudioReader final : public FrameReader {
  public:
    AudioReader(const ClipSpec& clip, const ReadOptions& options)
        : FrameReader(clip, options), decoder_(clip.file, AVMEDIA_TYPE_AUDIO) {
        if (options.size) {
            throw UsageError("--size", "means nothing to sound", "leave it out");
        }
        if (!options.fps) {
            throw UsageError("--fps native", "means nothing to sound",
                             "give the stretches per second that are transcribed at once, e.g. "
                             "0.25 for four seconds each");
        }
        if (*options.fps * kLongestSoundFrame < 1) {
            throw UsageError(fmt::format("--fps {}", *options.fps),
                             fmt::format("makes frames of more than {} s", kLongestSoundFrame),
                             "give a higher rate");
        }
        const long samples = std::lround(options.sample_rate / *options.fps);
        if (samples < 1) {
            throw UsageError(fmt::format("--fps {}", *options.fps),
                             fmt::format("is above the sample rate {}", options.sample_rate),
                             "give a lower rate");
        }
        info_.size = {static_cast<int>(samples), 1};
        info_.fps = options.sample_rate / static_cast<double>(samples);
        if (const auto total = decoder_.duration()) {
            if (clip.start_s > 0 && clip.start_s >= *total) no_sound();
            expect(*total, true);
        }
    }

  private:
    std::optional<cv::Mat> next_frame() override;
    std::optional<Shown> shown() const override { return shown_; }
    void build_graph(const AVFrame& first);
    bool feed_graph();
    AVFrame* next_recorded();
    [[noreturn]] void no_sound() const;

    StreamDecoder decoder_;
    libav::GraphPtr graph_;
    AVFilterContext* source_ = nullptr;
    AVFilterContext* sink_ = nullptr;
    libav::FramePtr filtered_ = libav::make_frame();
    std::int64_t first_pts_ = 0;
    double heard_until_s_ = 0;  ///< from the first sample on
    std::int64_t given_ = 0;    ///< samples
    std::optional<Shown> shown_;
};

void AudioReader::no_sound() const {
    if (clip_.start_s > 0) {
        throw InputError(clip_.file.string(),
                         fmt::format("has no sound at or after its start at {} s", clip_.start_s),
                         "use an earlier start");
    }
    refuse_frameless(clip_.file);
}

void AudioReader::build_graph(const AVFrame& first) {
    if (first.sample_rate < kLowestRate || first.sample_rate > kHighestRate) {
        throw InputError(
            clip_.file.string(), fmt::format("claims {} samples per second", first.sample_rate),
            fmt::format("sound of {} to {} is read; mend its header", kLowestRate, kHighestRate));
    }
    std::array<char, 64> layout{};
    av_channel_layout_describe(&first.ch_layout, layout.data(), layout.size());
    const AVRational tick = decoder_.time_base();
    const auto at = [this](double seconds) { return std::llround(seconds * options_.sample_rate); };
    // Samples are put where their timestamps say; from there on counting them is telling the time.
    std::string text = fmt::format(
        "abuffer=time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout={},{}"
        "aresample={}:rematrix_maxval=1:async=1:first_pts=0,"
        "aformat=sample_fmts=flt:channel_layouts=mono,atrim=start_sample={}",
        tick.num, tick.den, first.sample_rate, first.format, layout.data(),
        mean_of(first.ch_layout), options_.sample_rate, at(clip_.start_s));
    if (clip_.duration_s) {
        text += fmt::format(":end_sample={}", at(clip_.start_s + *clip_.duration_s));
    }
    text += fmt::format(",asetnsamples=n={}:p=0,abuffersink", info_.size.width);
    if (const int code = libav::make_graph(text, graph_); code < 0) {
        throw InputError(clip_.file.string(),
                         fmt::format("cannot be resampled ({})", libav::error_text(code)),
                         kConvert);
    }
    source_ = graph_->filters[0];
    sink_ = graph_->filters[graph_->nb_filters - 1];
}

/// The next frame that belongs to the clip, its pts counted from the first one; nullptr after the
/// last.
AVFrame* AudioReader::next_recorded() {
    AVFrame* frame = decoder_.next();
    if (frame == nullptr) return nullptr;
    decoder_.check_whole(*frame);
    if (!graph_) first_pts_ = frame->pts;
    frame->pts -= first_pts_;
    const double from = decoder_.seconds(*frame);
    const double hole = graph_ ? from - heard_until_s_ : 0;
    const bool ends = clip_.duration_s && from >= clip_.start_s + *clip_.duration_s;
    if (ends && hole > kLongestHole) return nullptr;
    if (hole > kLongestHole || hole < -kLongestOverlap) {
        throw InputError(
            clip_.file.string(),
            hole > 0
                ? fmt::format("has no sound from {:.2f} s to {:.2f} s", heard_until_s_, from)
                : fmt::format("goes back in time at {:.2f} s, to {:.2f} s", heard_until_s_, from),
            fmt::format("cut it there into recordings of their own, or use --duration to stop "
                        "before (holes of up to {} s count as silence)",
                        kLongestHole));
    }
    heard_until_s_ = std::max(heard_until_s_,
                              from + static_cast<double>(frame->nb_samples) / frame->sample_rate);
    return frame;
}

/// Hands one decoded frame to the graph, or at the end the order to flush; false after that.
bool AudioReader::feed_graph() {
    AVFrame* frame = next_recorded();
    if (frame == nullptr) {
        if (!graph_) no_sound();
        return av_buffersrc_add_frame(source_, nullptr) >= 0;
    }
    if (!graph_) build_graph(*frame);
    const int code = av_buffersrc_add_frame(source_, frame);
    if (code >= 0 || code == AVERROR_EOF) return code >= 0;
    throw InputError(clip_.file.string(), "changes its sample format midway", kConvert);
}

std::optional<cv::Mat> AudioReader::next_frame() {
    if (!graph_) feed_graph();
    while (true) {
        const int code = av_buffersink_get_frame(sink_, filtered_.get());
        if (code == AVERROR_EOF) {
            if (given_ == 0) no_sound();
            return std::nullopt;
        }
        if (code >= 0) {
            // A last stretch that is not whole ends in silence, but lasts as long as its sound.
            cv::Mat samples = cv::Mat::zeros(1, info_.size.width, CV_32F);
            const auto heard = static_cast<std::size_t>(filtered_->nb_samples);
            std::memcpy(samples.data, filtered_->data[0], heard * samples.elemSize());
            const double rate = options_.sample_rate;
            if (!cv::checkRange(samples)) {
                throw InputError(
                    clip_.file.string(),
                    fmt::format("has samples that are no numbers in the stretch at {:.2f} s",
                                static_cast<double>(given_) / rate),
                    "mend the recording, e.g. convert it to whole numbers with `-c:a pcm_s16le`");
            }
            const auto from = static_cast<double>(given_);
            given_ += filtered_->nb_samples;
            shown_ = Shown{from / rate, static_cast<double>(given_) / rate};
            av_frame_unref(filtered_.get());
            return samples;
        }
        if (code != AVERROR(EAGAIN)) {
            throw InputError(clip_.file.string(),
                             fmt::format("cannot be resampled ({})", libav::error_text(code)),
                             kConvert);
        }
        feed_graph();
    }
}

}  // namespace

std::unique_ptr<ClipReader> open_audio(const ClipSpec& clip, const ReadOptions& options) {
    return std::make_unique<AudioReader>(clip, options);
}

}  // namespace oneadapt
