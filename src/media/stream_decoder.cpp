#include "media/stream_decoder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "media/container.hpp"
#include "media/orientation.hpp"
#include "media/piped_sound.hpp"
#include "media/ts_continuity.hpp"
#include "support/errors.hpp"

extern "C" {
#include <libavutil/opt.h>
}

namespace oneadapt {
namespace {

/// A recording may end this much before the end that its container declares: the last frame's
/// duration is often unknown.
constexpr double kPromiseSlackSeconds = 1.0;
constexpr double kSlackFrames = 5.0;

constexpr const char* kCutOff = "a packet is cut off or missing";

std::int64_t frame_ticks(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

}  // namespace

StreamDecoder::StreamDecoder(const std::filesystem::path& file, AVMediaType type)
    : file_(file), type_(type) {
    libav::capture_log();
    libav::forget_complaint();
    check_file(file);
    input_ = open_input(file);
    const int code = avformat_find_stream_info(input_.get(), nullptr);
    if (code < 0) damaged(libav::error_text(code));
    complaint_ = libav::demuxer_complaint();
    find_stream();
    open_decoder();
    clock_ = new_clock();
    ahead_ = decode();
    if (!ahead_) refuse_frameless(file);
    const bool sideways = orientation_of(*frame_).transposed;
    size_ = sideways ? cv::Size(frame_->height, frame_->width)
                     : cv::Size(frame_->width, frame_->height);
}

void StreamDecoder::find_stream() {
    const bool sound = type_ == AVMEDIA_TYPE_AUDIO;
    const int index = av_find_best_stream(input_.get(), type_, -1, -1, &codec_, 0);
    if (index == AVERROR_DECODER_NOT_FOUND) {
        throw InputError(
            file_.string(),
            fmt::format("has {} that this FFmpeg cannot decode", sound ? "sound" : "video"),
            "convert it with a program that can play it, or install an FFmpeg that has its "
            "decoder");
    }
    if (index < 0 || (input_->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
        throw InputError(
            file_.string(), sound ? "has no sound" : "has no video stream",
            sound ? "give a recording with sound, or --input for what it has"
                  : "give a recording with video (sound alone cannot be analysed as video)");
    }
    stream_ = input_->streams[index];
    if (is_text(stream_->codecpar->codec_id)) {
        throw InputError(file_.string(), "is text, not a recording", "give a video file");
    }
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
        if (input_->streams[i] != stream_) input_->streams[i]->discard = AVDISCARD_ALL;
    }
    std::size_t bytes = 0;
    if (const auto* matrix = av_stream_get_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX, &bytes)) {
        matrix_.reset(av_buffer_alloc(bytes));
        std::copy_n(matrix, bytes, matrix_->data);
    }
}

void StreamDecoder::open_decoder() {
    const AVCodecParameters& claimed = *stream_->codecpar;
    if (static_cast<std::int64_t>(claimed.width) * claimed.height > kMostPixels) {
        damaged(fmt::format("{}{}x{}", libav::kTooLarge, claimed.width, claimed.height));
    }
    decoder_ = libav::make_codec(codec_);
    int code = avcodec_parameters_to_context(decoder_.get(), stream_->codecpar);
    decoder_->pkt_timebase = stream_->time_base;
    // One thread: the workers of a run already fill the machine, and what is logged stays ours.
    decoder_->thread_count = 1;
    decoder_->max_pixels = kMostPixels;
    const int loss = avcodec_descriptor_get(codec_->id)->props;
    exact_ = (loss & AV_CODEC_PROP_LOSSLESS) != 0 && (loss & AV_CODEC_PROP_LOSSY) == 0;
    if (exact_) decoder_->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
    if (code >= 0) code = avcodec_open2(decoder_.get(), codec_, nullptr);
    if (code < 0) damaged(libav::error_text(code));
    if (type_ == AVMEDIA_TYPE_VIDEO && (claimed.width <= 0 || claimed.height <= 0)) {
        if (libav::complaint().starts_with(libav::kTooLarge)) damaged(libav::complaint());
        refuse_frameless(file_);
    }
}

double StreamDecoder::rate() const {
    const AVRational average = stream_->avg_frame_rate;
    const AVRational real = stream_->r_frame_rate;
    if (average.num > 0 && average.den > 0) return av_q2d(average);
    return real.num > 0 && real.den > 0 ? av_q2d(real) : 25.0;  // FFmpeg's own last resort
}

AVRational StreamDecoder::time_base() const {
    return stream_->time_base;
}

std::optional<double> StreamDecoder::duration() const {
    const auto declared = declared_duration(*input_, *stream_);
    if (!declared) return std::nullopt;
    const std::int64_t begin = counts_from_zero(*input_)               ? 0
                               : stream_->start_time == AV_NOPTS_VALUE ? origin_
                                                                       : stream_->start_time;
    const double left =
        *declared - static_cast<double>(origin_ - begin) * av_q2d(stream_->time_base);
    // Some writers of Matroska declare a length all the same, which a late start may exceed.
    return left > 0 ? left : *declared;
}

PacketClock StreamDecoder::new_clock() const {
    return {*input_, *stream_, frame_seconds()};
}

/// Reads the whole stream without decoding it, which takes no longer than hashing the file.
bool StreamDecoder::clock_breaks() const {
    PacketClock clock = new_clock();
    if (!clock.may_break()) return false;
    const libav::InputPtr input = open_input(file_);
    const libav::PacketPtr packet = libav::make_packet();
    const int code = avformat_find_stream_info(input.get(), nullptr);
    if (code < 0) damaged(libav::error_text(code));
    while (!clock.broke() && av_read_frame(input.get(), packet.get()) >= 0) {
        if (packet->stream_index == stream_->index) clock.mend(*packet);
        av_packet_unref(packet.get());
    }
    return clock.broke();
}

bool StreamDecoder::seek(double seconds) {
    // Containers find a time by those of packets, as they were recorded.
    if (!timed_ || clock_breaks()) return false;
    clock_ = new_clock();
    const auto target = origin_ + std::llround(seconds / av_q2d(stream_->time_base));
    const int code = avformat_seek_file(input_.get(), stream_->index, INT64_MIN, target, target, 0);
    ahead_ = false;
    end_s_ = 0;
    avcodec_flush_buffers(decoder_.get());
    return code >= 0;
}

AVFrame* StreamDecoder::next() {
    if (std::exchange(ahead_, false)) return frame_.get();
    return decode() ? frame_.get() : nullptr;
}

/// Decodes the next frame; false at the end.
bool StreamDecoder::decode() {
    while (true) {
        const int code = avcodec_receive_frame(decoder_.get(), frame_.get());
        if (code == AVERROR_EOF) {
            check_promise();
            return false;
        }
        if (code >= 0) {
            if (exact_ && !libav::complaint().empty()) damaged(libav::complaint());
            stamp(*frame_);
            orient(*frame_);
            return true;
        }
        if (code != AVERROR(EAGAIN)) damaged(libav::error_text(code));
        while (!feed()) {
        }
    }
}

/// Sends one packet of the stream to the decoder, or at the file's end the order to flush; false
/// when the packet was of no use.
bool StreamDecoder::feed() {
    av_packet_unref(packet_.get());
    libav::forget_complaint();
    const int read = av_read_frame(input_.get(), packet_.get());
    if (complaint_.empty()) complaint_ = libav::demuxer_complaint();
    if (read == AVERROR_EOF) {
        if (suspects_ > 0) damaged(kCutOff);
        avcodec_send_packet(decoder_.get(), nullptr);
        return true;
    }
    if (read < 0) damaged(libav::error_text(read));
    if (packet_->stream_index != stream_->index) return false;
    const bool cut_off = (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;
    const bool last_of_pipe = cut_off && avio_feof(input_->pb) != 0 && written_to_pipe(file_);
    if (!last_of_pipe) check_packet();
    key_seen_ = key_seen_ || (packet_->flags & AV_PKT_FLAG_KEY) != 0;
    if (last_of_pipe && !keep_whole_samples()) return false;
    libav::forget_complaint();
    const int code = avcodec_send_packet(decoder_.get(), packet_.get());
    if (suspects_ > 0 && !libav::complaint().empty()) damaged(kCutOff);
    // A recording that was started in the middle of a broadcast begins with packets that lack their
    // key frame.
    if (code < 0 && !key_seen_) return false;
    if (code < 0) damaged(libav::error_text(code));
    return true;
}

/// Cuts a packet to the samples that are whole; false when there are none.
bool StreamDecoder::keep_whole_samples() {
    const int block = std::max(1, stream_->codecpar->block_align);
    av_shrink_packet(packet_.get(), packet_->size / block * block);
    return packet_->size > 0;
}

/// A picture of MPEG-TS is said to be corrupt as well where it is the last of a recording that
/// another was joined to. Then a key frame follows, whose own packets alone do not go on from those
/// before, and the decoder finds no fault. The parser, which waits for the beginning of the next
/// picture, says so one picture early.
void StreamDecoder::check_packet() {
    constexpr int kToJoin = 2;
    clock_->mend(*packet_);
    if (suspects_ > 0 && --suspects_ == 0 && !begins_anew()) damaged(kCutOff);
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) == 0) return;
    if (type_ != AVMEDIA_TYPE_VIDEO) damaged(kCutOff);
    suspects_ = kToJoin;
}

bool StreamDecoder::begins_anew() const {
    std::int64_t bytes = 0;
    return (packet_->flags & AV_PKT_FLAG_KEY) != 0 &&
           av_opt_get_int(input_.get(), "ts_packetsize", AV_OPT_SEARCH_CHILDREN, &bytes) >= 0 &&
           breaks_continuity(file_, packet_->pos, static_cast<int>(bytes));
}

void StreamDecoder::stamp(AVFrame& frame) {
    const std::int64_t recorded = frame.best_effort_timestamp;
    if (origin_ == AV_NOPTS_VALUE) {
        timed_ = recorded != AV_NOPTS_VALUE;
        origin_ = timed_ ? recorded : 0;
    }
    frame.pts = recorded != AV_NOPTS_VALUE ? recorded - origin_ : next_pts_;
    const double tick = av_q2d(stream_->time_base);
    const double gap = static_cast<double>(frame.pts - next_pts_) * tick;
    if (!complaint_.empty() && gap > kSlackFrames * frame_seconds()) damaged(complaint_);
    // Several frames of sound may come from one packet, whose duration each of them bears.
    const std::int64_t told = type_ == AVMEDIA_TYPE_VIDEO ? frame_ticks(frame) : 0;
    const std::int64_t ticks =
        told > 0 ? told : std::max<std::int64_t>(1, std::llround(frame_seconds() / tick));
    next_pts_ = frame.pts + ticks;
    end_s_ = std::max(end_s_, static_cast<double>(next_pts_) * tick);
}

/// A message in the coded stream goes before what the container says, and holds for the frames
/// after it as well: encoders and remuxers put it before the first one only.
void StreamDecoder::orient(AVFrame& frame) {
    if (const auto* own = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX)) {
        matrix_.reset(av_buffer_ref(own->buf));
    } else if (matrix_) {
        av_frame_new_side_data_from_buf(&frame, AV_FRAME_DATA_DISPLAYMATRIX,
                                        av_buffer_ref(matrix_.get()));
    }
}

double StreamDecoder::frame_seconds() const {
    if (type_ == AVMEDIA_TYPE_VIDEO) return 1.0 / rate();
    const double samples = static_cast<double>(std::max(1, frame_->nb_samples));
    const int rate = frame_->sample_rate > 0 ? frame_->sample_rate : stream_->codecpar->sample_rate;
    return samples / static_cast<double>(std::max(1, rate));
}

double StreamDecoder::seconds(const AVFrame& frame) const {
    return static_cast<double>(frame.pts) * av_q2d(stream_->time_base);
}

void StreamDecoder::check_whole(const AVFrame& frame) const {
    if ((frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0) {
        damaged("a frame is incomplete");
    }
}

void StreamDecoder::check_promise() const {
    if (!complaint_.empty()) damaged(complaint_);
    if (clock_->broke()) return;  // what the container reckoned from its times means nothing
    const auto promised = duration();
    const double slack = std::max(kPromiseSlackSeconds, kSlackFrames * frame_seconds());
    if (end_s_ > 0 && promised && end_s_ + slack < *promised) {
        damaged(
            fmt::format("the recording ends there, its container promises {:.2f} s", *promised));
    }
}

void StreamDecoder::damaged(const std::string& problem) const {
    if (problem.find(libav::kTooLarge) != std::string::npos) {
        throw InputError(file_.string(),
                         fmt::format("has too large a picture at {:.2f} s ({})", end_s_, problem),
                         fmt::format("scale it to {} pixels or fewer", kMostPixels));
    }
    throw InputError(file_.string(),
                     fmt::format("is damaged or cut off at {:.2f} s ({})", end_s_, problem),
                     "copy or record it again, or use --duration to stop before");
}

}  // namespace oneadapt
