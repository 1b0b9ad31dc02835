#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "measure/instruments.hpp"
#include "media/clip.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

/// A clip's segments in order, from the trace when it knows the clip, else from the recording. The
/// recording is opened only when the trace lacks the clip or a segment's frames are asked for, and
/// only the segments in use are kept in memory.
class ClipStream {
  public:
    /// A recording that is there is known by its content, also when `offline`; one that is not, by
    /// its name. Throws InputError when it cannot be used; TraceError when `offline` and the trace
    /// does not know it under these options, or knows several of that name.
    ClipStream(const ClipSpec& clip, const ReadOptions& options, Trace& trace, bool offline);
    ~ClipStream();

    const ClipSpec& clip() const { return clip_; }
    cv::Size size() const;
    double fps() const;
    /// From the clip's start to its end: exact once the trace knows it, else what the recording
    /// promises, if it does.
    std::optional<double> seconds() const;
    /// For progress bars.
    std::optional<int> expected_segments() const;

    /// What the user should know of the clip, once next() ran to the end.
    std::optional<std::string> remark() const;

    /// The next segment, or nothing at the end. Not thread-safe; SegmentRef::media is.
    std::optional<SegmentRef> next();

    /// How often frames were read. Who reads none can go through many segments at once.
    int reads() const { return reads_; }

    /// Starts again at the first segment; the trace must know the clip by then (next() ran to the
    /// end).
    void rewind() { position_ = 0; }

  private:
    struct Slot;
    ClipIndex index_of_name() const;
    [[noreturn]] void refuse_unknown() const;
    const Segment& frames_of(Slot& slot);
    ClipReader& reader();
    std::optional<Segment> read_one();

    ClipSpec clip_;
    ReadOptions options_;
    Trace& trace_;
    bool offline_;
    std::string spelling_;
    Hash128 file_;
    std::optional<ClipIndex> index_;  ///< whole, from the trace or after the last segment
    std::vector<SegmentInfo> read_;   ///< read so far while index_ is not known
    std::size_t position_ = 0;
    std::atomic<int> reads_{0};
    std::mutex mutex_;  ///< guards everything below
    std::unique_ptr<ClipReader> reader_;
    int reader_position_ = 0;
    std::map<int, std::weak_ptr<Slot>> slots_;
};

}  // namespace oneadapt
