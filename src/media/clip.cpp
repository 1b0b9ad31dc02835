#include "media/clip.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "media/video_reader.hpp"
#include "support/errors.hpp"

namespace oneadapt {

std::string ReadOptions::text() const {
    return fmt::format("fps={},segment-frames={},size={},multiple={}",
                       fps ? fmt::format("{}", *fps) : "native", segment_frames,
                       size ? fmt::format("{}x{}", size->width, size->height) : "source",
                       size_multiple);
}

const std::vector<MediaKind>& media_table() {
    static const std::vector<MediaKind> table = {
        {"video", "video, any file that FFmpeg reads", open_video},
    };
    return table;
}

std::unique_ptr<ClipReader> open_clip(const ClipSpec& clip, const ReadOptions& options) {
    const auto& table = media_table();
    const auto found = std::ranges::find(table, clip.kind, &MediaKind::name);
    if (found == table.end()) {
        std::vector<std::string> names;
        names.reserve(table.size());
        for (const MediaKind& kind : table) names.push_back(kind.name);
        throw UsageError(fmt::format("media kind '{}'", clip.kind), "is unknown",
                         fmt::format("choose from {}", fmt::join(names, ", ")));
    }
    return found->open(clip, options);
}

}  // namespace oneadapt
