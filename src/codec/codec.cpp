#include "codec/codec.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/video_codec.hpp"
#include "support/errors.hpp"

namespace oneadapt {

const std::vector<CodecKind>& codec_table() {
    static const std::vector<std::string> knobs = {"qp",         "resolution",   "bframe-bias",
                                                   "framerate",  "filter-pixel", "filter-area",
                                                   "filter-edge"};
    static const std::vector<CodecKind> table = {
        {"h264", "H.264 by x264, constant QP", "video", knobs, make_h264},
        {"h265", "H.265 by x265, constant QP", "video", knobs, make_h265},
    };
    return table;
}

const CodecKind& find_codec(const std::string& name) {
    const auto& table = codec_table();
    const auto found = std::ranges::find(table, name, &CodecKind::name);
    if (found == table.end()) {
        std::vector<std::string> names;
        names.reserve(table.size());
        for (const CodecKind& kind : table) names.push_back(kind.name);
        throw UsageError(fmt::format("codec '{}'", name), "is unknown",
                         fmt::format("choose from {}", fmt::join(names, ", ")));
    }
    return *found;
}

std::vector<int> kept_frames(int frames, double fps, double rate) {
    // A product that is whole in theory must not fall just short of it.
    constexpr double kRounding = 1e-9;
    const double share = std::min(1.0, rate / fps);
    std::vector<int> kept;
    double reached = -1.0;
    for (int i = 0; i < frames; ++i) {
        const double step = std::floor(i * share + kRounding);
        if (step > reached) kept.push_back(i);
        reached = step;
    }
    return kept;
}

}  // namespace oneadapt
