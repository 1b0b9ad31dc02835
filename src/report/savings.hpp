#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/frontier.hpp"
#include "report/summary.hpp"
#include "schemes/scheme.hpp"

namespace oneadapt {

/// What can be saved: a column of the summary.
enum class Resource { bandwidth, gpu };

/// How results spell it: "kbps", "gflop".
std::string_view text(Resource resource);

/// With fewer blocks than this an interval says little, and results say so.
inline constexpr std::size_t kFewBlocks = 10;

/// A scheme against a baseline on one clip, or on all: a row of savings.csv.
struct SavingRow {
    std::string clip;
    Part part = Part::whole;
    std::string scheme = {};
    std::string baseline = {};
    Comparison comparison = {};
    Resource resource = Resource::bandwidth;  ///< what the cost is
    /// Of the saving, over the replicates in which the two frontiers can be compared.
    std::optional<Interval> interval = {};
    double comparable = 0;   ///< share of the replicates in which they can
    std::size_t blocks = 0;  ///< that the comparison rests on, see SummaryRow::blocks
    /// Of what the ceiling saves over the floor, over the accuracies that all three reach; where
    /// the baseline is the floor and the ceiling saves anything.
    std::optional<double> share = {};
};

/// Between which schemes the room for adaptation lies.
struct Yardsticks {
    std::string floor = find_yardstick(Yardstick::floor).name;
    std::string ceiling = find_yardstick(Yardstick::ceiling).name;
};

/// How results spell what a comparison is worth: as text(Overlap), or "few blocks" where it stands
/// on fewer than kFewBlocks.
std::string_view status_of(const SavingRow& row);

/// The schemes of a summary in order of appearance.
std::vector<std::string> schemes_of(const std::vector<SummaryRow>& summary);

/// The rows of a scheme on a clip that may be compared with others': those with figures, and with
/// an AP50 where that is what is compared.
std::vector<const SummaryRow*> comparable_rows(const std::vector<SummaryRow>& summary, Part part,
                                               std::string_view clip, std::string_view scheme);

/// What a row pays, in kbit/s or GFLOP per segment, and gets.
OperatingPoint operating_point(const SummaryRow& row, Resource resource);

/// Every ordered pair of different schemes on each clip of the summary, in its order: for the whole
/// and then for the steady part, first all for bandwidth and then all for GPU work. A scheme's
/// frontier is over its weights; that of `static` over its configurations, so that it is the best
/// configuration in hindsight. Both schemes of a pair are drawn by the same blocks.
std::vector<SavingRow> savings(const std::vector<SummaryRow>& summary,
                               Lines lines = Lines::straight, const Yardsticks& between = {});

}  // namespace oneadapt
