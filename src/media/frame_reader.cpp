#include "media/frame_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

constexpr std::size_t kMostSegmentBytes = std::size_t{4} << 30U;

bool is_rate(double fps) {
    return fps >= kLowestFps && fps <= kHighestFps;
}

void check_options(const ClipSpec& clip, const ReadOptions& options) {
    if (options.fps && !is_rate(*options.fps)) {
        throw UsageError(fmt::format("--fps {}", *options.fps),
                         fmt::format("is not a rate from {:.2g} to {}", kLowestFps, kHighestFps),
                         "use e.g. 10, or native");
    }
    if (options.segment_frames < 1) {
        throw UsageError(fmt::format("--segment-frames {}", options.segment_frames),
                         "is not positive", "use e.g. 10");
    }
    constexpr double kLatest = 1e9;  // keeps counts of samples and frames far from overflow
    const auto within = [](double seconds) { return seconds >= 0 && seconds <= kLatest; };
    if (!within(clip.start_s) || !within(clip.duration_s.value_or(1)) || clip.duration_s == 0) {
        throw UsageError(
            fmt::format("clip {}", clip.name),
            "has a negative start, a duration that is not positive, or either above 1e9",
            "give seconds: start 0 or more, duration above 0");
    }
}

Hash128 content_hash(const Segment& segment) {
    Hasher hasher;
    hasher.add(segment.size.width).add(segment.size.height).add(segment.fps);
    for (const double time : segment.info.times) hasher.add(time);
    for (const cv::Mat& frame : segment.frames) {
        hasher.add(frame.rows);
        hasher.bytes(std::as_bytes(std::span(frame.data, frame.total() * frame.elemSize())));
    }
    return hasher.finish();
}

}  // namespace

FrameReader::FrameReader(const ClipSpec& clip, const ReadOptions& options)
    : clip_(clip), options_(options) {
    check_options(clip, options);
}

double FrameReader::analysis_rate(double recorded) const {
    if (options_.fps) return *options_.fps;
    if (is_rate(recorded)) return recorded;
    throw InputError(clip_.file.string(), fmt::format("claims {:.4g} frames a second", recorded),
                     fmt::format("use --fps with a rate from {:.2g} to {}, or mend its header",
                                 kLowestFps, kHighestFps));
}

void FrameReader::expect(double seconds, bool filled_up) {
    const double left = std::min(seconds - clip_.start_s, clip_.duration_s.value_or(seconds));
    info_.seconds = std::max(left, 0.0);
    const double exact = *info_.seconds * info_.fps;
    const double frames = filled_up ? std::ceil(exact) : std::round(exact);
    const double segments = std::ceil(frames / options_.segment_frames);
    if (segments <= std::numeric_limits<int>::max()) info_.segments = static_cast<int>(segments);
}

/// Frames that keep to the analysis rate, but for the rounding of their times, are on its clock.
void FrameReader::keep_times(const std::vector<Shown>& shown, SegmentInfo& info) {
    constexpr double kRounding = 0.0011;  // Matroska's times are whole milliseconds
    if (info.index == 0) first_s_ = shown.front().from;
    info.start.value += first_s_;
    const auto on_clock = [&](std::size_t frame, double seconds) {
        const double due = info.start.value + static_cast<double>(frame) / info_.fps;
        return std::abs(seconds - due) <= kRounding;
    };
    bool even = on_clock(shown.size(), shown.back().to);
    for (std::size_t i = 0; i < shown.size(); ++i) even = even && on_clock(i, shown[i].from);
    if (even) return;
    info.start = {shown.front().from};
    info.duration = {shown.back().to - info.start.value};
    for (const Shown& frame : shown) info.times.push_back(frame.from - info.start.value);
}

std::optional<Segment> FrameReader::next() {
    Segment segment;
    std::vector<Shown> times;
    std::size_t bytes = 0;
    segment.size = info_.size;
    segment.fps = info_.fps;
    while (static_cast<int>(segment.frames.size()) < options_.segment_frames) {
        check_interrupt();
        auto frame = next_frame();
        if (!frame) break;
        bytes += frame->total() * frame->elemSize();
        if (bytes > kMostSegmentBytes) {
            throw UsageError(fmt::format("--segment-frames {}", options_.segment_frames),
                             fmt::format("makes segments of clip '{}' that take more than {} GiB",
                                         clip_.name, kMostSegmentBytes >> 30U),
                             "use fewer frames, or a smaller --size");
        }
        segment.frames.push_back(std::move(*frame));
        if (const auto time = shown()) times.push_back(*time);
    }
    if (segment.frames.empty()) return std::nullopt;
    segment.info.index = segments_given_++;
    segment.info.frames = static_cast<int>(segment.frames.size());
    segment.info.start = {segment.info.index * options_.segment_frames / info_.fps};
    segment.info.duration = {segment.info.frames / info_.fps};
    if (!times.empty()) keep_times(times, segment.info);
    segment.info.hash = content_hash(segment);
    return segment;
}

}  // namespace oneadapt
