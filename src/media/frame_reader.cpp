#include "media/frame_reader.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

void check_options(const ClipSpec& clip, const ReadOptions& options) {
    if (options.fps && !(*options.fps > 0 && std::isfinite(*options.fps))) {
        throw UsageError(fmt::format("--fps {}", *options.fps), "is not a positive rate",
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

void FrameReader::expect(double seconds, bool filled_up) {
    const double left = std::min(seconds - clip_.start_s, clip_.duration_s.value_or(seconds));
    info_.seconds = std::max(left, 0.0);
    const double exact = *info_.seconds * info_.fps;
    const double frames = filled_up ? std::ceil(exact) : std::round(exact);
    info_.segments = static_cast<int>(std::ceil(frames / options_.segment_frames));
}

std::optional<Segment> FrameReader::next() {
    Segment segment;
    segment.size = info_.size;
    segment.fps = info_.fps;
    while (static_cast<int>(segment.frames.size()) < options_.segment_frames) {
        check_interrupt();
        auto frame = next_frame();
        if (!frame) break;
        segment.frames.push_back(std::move(*frame));
    }
    if (segment.frames.empty()) return std::nullopt;
    segment.info.index = segments_given_++;
    segment.info.frames = static_cast<int>(segment.frames.size());
    segment.info.start = {segment.info.index * options_.segment_frames / info_.fps};
    segment.info.duration = {segment.info.frames / info_.fps};
    segment.info.hash = content_hash(segment);
    return segment;
}

}  // namespace oneadapt
