#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/frontier.hpp"
#include "report/summary.hpp"

namespace oneadapt {

/// What can be saved: a column of the summary.
enum class Resource { bandwidth, gpu };

/// How results spell it: "kbps", "gflop".
std::string_view text(Resource resource);

/// A scheme against a baseline on one clip, or on all: a row of savings.csv.
struct SavingRow {
    std::string clip;
    std::string scheme;
    std::string baseline;
    Comparison comparison;
    Resource resource = Resource::bandwidth;  ///< what the cost is
};

/// The schemes of a summary in order of appearance.
std::vector<std::string> schemes_of(const std::vector<SummaryRow>& summary);

/// The rows of a scheme on a clip that may be compared with others': those with figures.
std::vector<const SummaryRow*> comparable_rows(const std::vector<SummaryRow>& summary,
                                               std::string_view clip, std::string_view scheme);

/// What a row pays, in kbit/s or GFLOP per segment, and gets.
OperatingPoint operating_point(const SummaryRow& row, Resource resource);

/// Every ordered pair of different schemes on each clip of the summary, in its order, first all for
/// bandwidth and then all for GPU work. A scheme's
/// frontier is over its weights; that of `static` over its configurations, so that it is the best
/// configuration in hindsight.
std::vector<SavingRow> savings(const std::vector<SummaryRow>& summary);

}  // namespace oneadapt
