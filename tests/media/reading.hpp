#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "media/clip.hpp"

namespace oneadapt::test {

inline ClipSpec clip_of(const std::filesystem::path& file) {
    ClipSpec clip;
    clip.name = "tiny";
    clip.file = file;
    return clip;
}

/// At that rate, or frame by frame; pictures as small as they may be.
inline ReadOptions at_rate(std::optional<double> fps) {
    ReadOptions options;
    options.fps = fps;
    options.size_multiple = 2;
    return options;
}

inline std::vector<Segment> read_all(const ClipSpec& clip, const ReadOptions& options) {
    std::vector<Segment> segments;
    const auto reader = open_clip(clip, options);
    while (auto segment = reader->next()) segments.push_back(std::move(*segment));
    return segments;
}

}  // namespace oneadapt::test
