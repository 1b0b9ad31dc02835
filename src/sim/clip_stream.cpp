#include "sim/clip_stream.hpp"

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

/// A segment in use, its frames filled in when somebody asks for them.
struct ClipStream::Slot {
    SegmentInfo info;
    std::optional<Segment> segment;
};

ClipStream::ClipStream(const ClipSpec& clip, const ReadOptions& options, Trace& trace, bool offline)
    : clip_(clip), options_(options), trace_(trace), offline_(offline) {
    spelling_ = fmt::format("start={},duration={},{}{}", clip.start_s,
                            clip.duration_s ? fmt::format("{}", *clip.duration_s) : "all",
                            clip.points.text(), options.text());
    std::error_code unreachable;
    if (offline && !std::filesystem::exists(clip.file, unreachable)) {
        index_ = clip.content ? trace.find_clip(*clip.content, spelling_) : index_of_name();
        if (!index_) refuse_unknown();
        return;
    }
    check_stored(clip);
    file_ = hash_recording(clip);
    index_ = trace.find_clip(file_, spelling_);
    if (!index_ && offline) refuse_unknown();
    if (!index_) {
        reader();
    } else if (!offline) {
        index_->clip = clip.name;  // to be found by, where the file is not
        trace.store_clip(*index_);
    }
}

void ClipStream::refuse_unknown() const {
    const bool named = !trace_.clips_named(clip_.name, spelling_).empty();
    throw TraceError(
        trace_.file().string(),
        fmt::format("clip '{}' was {} recorded with {}", clip_.name,
                    named ? fmt::format("not {} when it was", clip_.file.string()) : "never",
                    spelling_),
        named ? "record this file, or put the one there that was recorded"
              : "record it first, without --offline");
}

ClipIndex ClipStream::index_of_name() const {
    std::vector<ClipIndex> known = trace_.clips_named(clip_.name, spelling_);
    if (known.empty()) refuse_unknown();
    if (known.size() == 1) return std::move(known.front());
    throw TraceError(trace_.file().string(),
                     fmt::format("knows {} files named '{}', recorded with {}", known.size(),
                                 clip_.name, spelling_),
                     fmt::format("put the one that is meant at {}: it is known by its content",
                                 clip_.file.string()));
}

ClipStream::~ClipStream() = default;

cv::Size ClipStream::size() const {
    return index_ ? index_->size : reader_->info().size;
}

double ClipStream::fps() const {
    return index_ ? index_->fps : reader_->info().fps;
}

std::optional<double> ClipStream::seconds() const {
    if (!index_) return reader_->info().seconds;
    if (index_->segments.empty()) return 0;
    const SegmentInfo& last = index_->segments.back();
    return last.start.value + last.duration.value;
}

std::optional<int> ClipStream::expected_segments() const {
    if (index_) return static_cast<int>(index_->segments.size());
    return reader_->info().segments;
}

std::optional<std::string> ClipStream::remark() const {
    return index_ ? standstill_remark(index_->segments) : std::nullopt;
}

ClipReader& ClipStream::reader() {
    if (!reader_) {
        if (offline_) {
            throw NotRecorded(trace_.file().string(),
                              fmt::format("a measurement of clip '{}'", clip_.name));
        }
        reader_ = open_clip(clip_, options_);
        reader_position_ = 0;
    }
    return *reader_;
}

std::optional<Segment> ClipStream::read_one() {
    ++reads_;
    std::optional<Segment> segment = reader().next();
    if (!segment) return std::nullopt;
    ++reader_position_;
    // Someone may ask later for the frames of a segment that the reader has passed.
    if (const auto slot = slots_[segment->info.index].lock()) slot->segment = *segment;
    std::erase_if(slots_, [](const auto& entry) { return entry.second.expired(); });
    return segment;
}

std::optional<SegmentRef> ClipStream::next() {
    const auto slot = std::make_shared<Slot>();
    if (index_) {
        if (position_ == index_->segments.size()) return std::nullopt;
        slot->info = index_->segments[position_];
    } else {
        const std::lock_guard lock(mutex_);
        std::optional<Segment> segment = read_one();
        if (!segment) {
            index_ = ClipIndex{clip_.name,           spelling_,           file_,
                               reader_->info().size, reader_->info().fps, std::move(read_)};
            trace_.store_clip(*index_);
            return std::nullopt;
        }
        slot->info = segment->info;
        slot->segment = std::move(segment);
        read_.push_back(slot->info);
    }
    ++position_;
    {
        const std::lock_guard lock(mutex_);
        slots_[slot->info.index] = slot;
    }
    return SegmentRef{slot->info, [this, slot]() -> const Segment& { return frames_of(*slot); }};
}

const Segment& ClipStream::frames_of(Slot& slot) {
    const std::lock_guard lock(mutex_);
    if (!slot.segment && reader_position_ > slot.info.index) reader_.reset();
    while (!slot.segment) {
        const std::optional<Segment> segment = read_one();
        if (!segment || (segment->info.index == slot.info.index && segment->info != slot.info)) {
            throw InputError(clip_.file.string(), "does not match what the trace knows of it",
                             "record into a new trace");
        }
    }
    return *slot.segment;
}

}  // namespace oneadapt
