#include "media/audio_reader.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

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
            expect(*total + 0.5 / info_.fps);  // the last stretch may be a part of one
        }
    }

  private:
    std::optional<cv::Mat> next_frame() override;
    void build_graph(const AVFrame& first);
    bool feed_graph();
    [[noreturn]] void no_sound() const;

    StreamDecoder decoder_;
    libav::GraphPtr graph_;
    AVFilterContext* source_ = nullptr;
    AVFilterContext* sink_ = nullptr;
    libav::FramePtr filtered_ = libav::make_frame();
    bool any_ = false;
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
    std::array<char, 64> layout{};
    av_channel_layout_describe(&first.ch_layout, layout.data(), layout.size());
    const AVRational tick = decoder_.time_base();
    std::string text =
        fmt::format("abuffer=time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout={},",
                    tick.num, tick.den, first.sample_rate, first.format, layout.data());
    if (clip_.start_s > 0) text += fmt::format("atrim=start={},", clip_.start_s);
    if (clip_.duration_s) {
        text += fmt::format("atrim=end={},", clip_.start_s + *clip_.duration_s);
    }
    text += fmt::format(
        "aresample={}:rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts=mono,asetnsamples="
        "n={}:p=1,"
        "abuffersink",
        options_.sample_rate, info_.size.width);
    if (const int code = libav::make_graph(text, graph_); code < 0) {
        throw InputError(clip_.file.string(),
                         fmt::format("cannot be resampled ({})", libav::error_text(code)),
                         "convert it, e.g. to FLAC");
    }
    source_ = graph_->filters[0];
    sink_ = graph_->filters[graph_->nb_filters - 1];
}

/// Hands one decoded frame to the graph, or at the end the order to flush; false after that.
bool AudioReader::feed_graph() {
    AVFrame* frame = decoder_.next();
    if (frame == nullptr) {
        if (!graph_) no_sound();
        return av_buffersrc_add_frame(source_, nullptr) >= 0;
    }
    decoder_.check_whole(*frame);
    if (!graph_) build_graph(*frame);
    const int code = av_buffersrc_add_frame(source_, frame);
    if (code >= 0 || code == AVERROR_EOF) return code >= 0;
    throw InputError(clip_.file.string(), "changes its sample format midway",
                     "convert it, e.g. to FLAC");
}

std::optional<cv::Mat> AudioReader::next_frame() {
    if (!graph_) feed_graph();
    while (true) {
        const int code = av_buffersink_get_frame(sink_, filtered_.get());
        if (code == AVERROR_EOF) {
            if (!any_) no_sound();
            return std::nullopt;
        }
        if (code >= 0) {
            any_ = true;
            cv::Mat samples(1, filtered_->nb_samples, CV_32F);
            std::memcpy(samples.data, filtered_->data[0], samples.total() * samples.elemSize());
            av_frame_unref(filtered_.get());
            return samples;
        }
        if (code != AVERROR(EAGAIN)) {
            throw InputError(clip_.file.string(),
                             fmt::format("cannot be resampled ({})", libav::error_text(code)),
                             "convert it, e.g. to FLAC");
        }
        feed_graph();
    }
}

}  // namespace

std::unique_ptr<ClipReader> open_audio(const ClipSpec& clip, const ReadOptions& options) {
    return std::make_unique<AudioReader>(clip, options);
}

}  // namespace oneadapt
