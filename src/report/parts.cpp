#include "report/parts.hpp"

#include <algorithm>
#include <vector>

namespace oneadapt {

std::string_view text(Part part) {
    return part == Part::whole ? "whole" : "steady";
}

int start_segments(int segments, const std::optional<int>& warmup) {
    return warmup.value_or(std::max(5, (segments + 9) / 10));
}

bool succeeded(const SegmentRow& row) {
    return row.status == "ok";
}

PartDraws::PartDraws(const RunResult& result, Part part, const SummaryOptions& options) {
    std::map<std::string, int> lengths;
    std::vector<std::string> clips;
    for (const SegmentRow& row : result.segments) {
        const auto [at, is_new] = lengths.try_emplace(row.clip, 0);
        if (is_new) clips.push_back(row.clip);
        if (succeeded(row)) at->second = std::max(at->second, row.segment + 1);
    }
    const bool whole = part == Part::whole;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        const int length = lengths[clips[i]];
        const int start = start_segments(length, options.warmup);
        const int left = std::max(0, length - start);
        const Bootstrap bootstrap(static_cast<std::size_t>(whole ? length : left),
                                  static_cast<std::size_t>(whole && left > 0 ? start : 0), i,
                                  options.resampling);
        clips_.emplace(clips[i], Clip{.first = whole ? 0 : start, .bootstrap = bootstrap});
    }
}

}  // namespace oneadapt
