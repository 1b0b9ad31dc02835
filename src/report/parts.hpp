#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "report/bootstrap.hpp"
#include "sim/result.hpp"

namespace oneadapt {

/// Which segments of a clip a figure is over.
enum class Part {
    whole,
    steady  ///< those after the start, in which schemes still look for what suits the clip
};

/// In the order of results.
inline constexpr Part kParts[] = {Part::whole, Part::steady};

/// How results spell it: "whole", "steady".
std::string_view text(Part part);

/// The segments of a clip's start: the first tenth, rounded up, and at least five, unless `warmup`
/// says how many.
int start_segments(int segments, const std::optional<int>& warmup);

/// True for a row with figures.
bool succeeded(const SegmentRow& row);

/// What figures are over, and how their intervals are drawn.
struct SummaryOptions {
    std::optional<int> warmup = std::nullopt;  ///< see start_segments()
    Resampling resampling = {};
    bool by_ap50 = false;  ///< see SummaryRow::by_ap50; segments have SegmentRow::judged then
};

/// The segments of each clip of a run that are a part of it, and how they are drawn: alike for all
/// cells, so that their figures stay paired. A clip is as long as the cell that got furthest in it.
class PartDraws {
  public:
    struct Clip {
        int first;  ///< segment of the part
        Bootstrap bootstrap;
    };

    PartDraws(const RunResult& result, Part part, const SummaryOptions& options);

    const Clip& of(const std::string& clip) const { return clips_.at(clip); }

  private:
    std::map<std::string, Clip> clips_;
};

}  // namespace oneadapt
