#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "trace/fields.hpp"

namespace oneadapt {

// What a DNN says frame by frame, and how that is packed.

/// What was said of the frames `kept`, one entry for each frame of the segment: a dropped one
/// repeats the last kept one, and before the first there is nothing.
template <class Frame>
std::vector<Frame> for_each_frame(const std::vector<Frame>& said, const std::vector<int>& kept,
                                  int frames) {
    if (said.size() != kept.size()) {
        throw std::logic_error("the DNN spoke of another number of frames than it was shown");
    }
    std::vector<Frame> all;
    std::size_t next = 0;
    for (int frame = 0; frame < frames; ++frame) {
        if (next < kept.size() && kept[next] == frame) ++next;
        all.push_back(next == 0 ? Frame{} : said[next - 1]);
    }
    return all;
}

/// In place of a frame's first count: it says what the one before it said. Frames that a
/// configuration drops repeat the last one, so most of a low frame rate's output is this word.
inline constexpr std::uint32_t kRepeat = std::numeric_limits<std::uint32_t>::max();

/// Writes the number of frames, then each: `put` writes one, a count first.
template <class Frame, class Put>
void put_frames(FieldWriter& out, const std::vector<Frame>& frames, const Put& put) {
    out.put_count(frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (i > 0 && frames[i] == frames[i - 1]) {
            out.put(kRepeat);
        } else {
            put(frames[i]);
        }
    }
}

/// The inverse; throws std::invalid_argument as FieldReader does.
template <class Frame, class Get>
void get_frames(FieldReader& in, std::vector<Frame>& frames, const Get& get) {
    frames.resize(in.get_count(sizeof(std::uint32_t)));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (!in.next_is(kRepeat)) {
            get(frames[i]);
        } else if (i == 0) {
            throw std::invalid_argument("its first frame repeats nothing");
        } else {
            frames[i] = frames[i - 1];
        }
    }
}

}  // namespace oneadapt
