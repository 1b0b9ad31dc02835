#include "media/video_reader.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "media/container.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// Containers round timestamps, Matroska to the millisecond.
constexpr double kTimestampSlack = 0.001;

constexpr double kShortestFrame = 1 / kHighestFps;  ///< seconds
constexpr double kLongestFrame = 1 / kLowestFps;    ///< seconds

/// The recording's clock; where it ticks once a frame or so, a finer one that has its ticks, so
/// that starts and ends may lie between.
AVRational clock_of(AVRational recorded) {
    constexpr double kFine = 1e-6;
    const double parts = std::min(av_q2d(recorded) / kFine, 1.0 * INT_MAX / recorded.den);
    if (av_q2d(recorded) > kTimestampSlack && parts > 1) recorded.den *= static_cast<int>(parts);
    return recorded;
}

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
    if (static_cast<std::int64_t>(given.width) * given.height > kMostPixels) {
        throw UsageError(fmt::format("--size {}x{}", given.width, given.height),
                         fmt::format("has more than {} pixels", kMostPixels), "use e.g. 1920x1088");
    }
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

}  // namespace

VideoReader::VideoReader(const ClipSpec& clip, const ReadOptions& options)
    : FrameReader(clip, options) {
    open();
    info_.size = analysis_size(decoder_->size(), options);
    info_.fps = analysis_rate(decoder_->rate());
    scaler_.emplace(clip.file, info_.size, clip.kind == "depth");
    if (const auto total = decoder_->duration()) expect(*total);
    if (clip.start_s > 0) go_to_start();
}

void VideoReader::open() {
    decoder_ = std::make_unique<StreamDecoder>(clip_.file, AVMEDIA_TYPE_VIDEO);
    clock_ = clock_of(decoder_->time_base());
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
        frame->pts = av_rescale_q(frame->pts, decoder_->time_base(), clock_) -
                     std::llround(clip_.start_s / av_q2d(clock_));
        return frame;
    }
}

/// The analysed frame nearest to a time: the first that shows what was recorded then.
std::int64_t VideoReader::slot_at(std::int64_t ticks) const {
    const AVRational period = av_inv_q(av_d2q(info_.fps, 1001000));
    return av_rescale_q_rnd(ticks, clock_, period, AV_ROUND_NEAR_INF);
}

/// Seconds from the clip's start to its end: one period at least, so that a single picture is a
/// clip of one frame. At the native rate the last frame lasts as long as the one before: what
/// containers say of it is often the rate alone.
double VideoReader::end() const {
    const double recorded = decoder_->end() - clip_.start_s;
    const double most = clip_.duration_s.value_or(std::numeric_limits<double>::infinity());
    const double period = 1.0 / info_.fps;
    if (options_.fps) return std::max(std::min(recorded, most), period);
    if (recorded >= most) return most;
    if (recorded_ == 1) return std::min(most, std::max(recorded, period));
    const double before = times_.to - times_.from;
    return std::min(most,
                    times_.to + (std::abs(before - period) > kTimestampSlack ? before : period));
}

/// Refuses to show a picture for longer than a recording may go without a new one.
void VideoReader::check_pause() const {
    if (times_.to - times_.from <= kLongestFrame) return;
    throw InputError(
        clip_.file.string(),
        fmt::format("has no new picture from {:.2f} s to {:.2f} s", clip_.start_s + times_.from,
                    clip_.start_s + times_.to),
        fmt::format("use --start and --duration to stay on one side, or mend its times (a picture "
                    "may be shown for {} s)",
                    kLongestFrame));
}

/// Shows the frame that was read ahead and reads the next.
void VideoReader::advance() {
    std::swap(shown_, ahead_);
    picture_.release();
    AVFrame* frame = next_recorded();
    ended_ = frame == nullptr;
    const double tick = av_q2d(clock_);
    const double next = ended_ ? end() : static_cast<double>(frame->pts) * tick;
    const double earliest = recorded_ == 0 ? 0 : times_.to + kShortestFrame;
    times_ = {times_.to, std::max(earliest, next)};
    check_pause();
    if (!options_.fps) {
        ahead_slot_ = recorded_;
    } else {
        ahead_slot_ = slot_at(ended_ ? std::llround(next / tick) : frame->pts);
    }
    if (ended_) return;
    ++recorded_;
    av_frame_unref(ahead_.get());
    av_frame_move_ref(ahead_.get(), frame);
}

/// Each analysed frame shows the last one recorded by then, to the nearest period.
std::optional<cv::Mat> VideoReader::next_frame() {
    if (recorded_ == 0) {
        advance();
        if (ended_) no_frames();
        advance();
    }
    while (!ended_ && ahead_slot_ <= slot_) advance();
    if (ended_ && ahead_slot_ <= slot_) return std::nullopt;
    ++slot_;
    if (picture_.empty()) picture_ = scaler_->scaled(*shown_);
    return picture_;
}

std::optional<FrameReader::Shown> VideoReader::shown() const {
    if (options_.fps) return std::nullopt;
    return times_;
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
