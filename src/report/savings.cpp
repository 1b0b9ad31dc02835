#include "report/savings.hpp"

#include <algorithm>
#include <map>

namespace oneadapt {
namespace {

/// The different values of a text field, in order of appearance.
template <class Field>
std::vector<std::string> distinct(const std::vector<SummaryRow>& summary, Field field) {
    std::vector<std::string> out;
    for (const SummaryRow& row : summary) {
        const std::string& name = field(row);
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
    return out;
}

}  // namespace

std::vector<std::string> schemes_of(const std::vector<SummaryRow>& summary) {
    return distinct(summary,
                    [](const SummaryRow& r) -> const std::string& { return r.cell.scheme; });
}

std::vector<const SummaryRow*> comparable_rows(const std::vector<SummaryRow>& summary,
                                               std::string_view clip, std::string_view scheme) {
    std::vector<const SummaryRow*> rows;
    for (const SummaryRow& row : summary) {
        if (row.clip == clip && row.cell.scheme == scheme && row.segments > 0) {
            rows.push_back(&row);
        }
    }
    return rows;
}

std::string_view text(Resource resource) {
    return resource == Resource::bandwidth ? "kbps" : "gflop";
}

OperatingPoint operating_point(const SummaryRow& row, Resource resource) {
    return {resource == Resource::bandwidth ? row.kbps : row.gflop, row.accuracy};
}

std::vector<SavingRow> savings(const std::vector<SummaryRow>& summary) {
    const std::vector<std::string> schemes = schemes_of(summary);
    const std::vector<std::string> clips =
        distinct(summary, [](const SummaryRow& r) -> const std::string& { return r.clip; });
    std::vector<SavingRow> out;
    for (const Resource resource : {Resource::bandwidth, Resource::gpu}) {
        for (const std::string& clip : clips) {
            std::map<std::string, std::vector<OperatingPoint>> points;
            for (const std::string& scheme : schemes) {
                for (const SummaryRow* row : comparable_rows(summary, clip, scheme)) {
                    points[scheme].push_back(operating_point(*row, resource));
                }
            }
            for (const std::string& scheme : schemes) {
                for (const std::string& baseline : schemes) {
                    if (scheme == baseline) continue;
                    out.push_back({clip, scheme, baseline,
                                   compare(points[scheme], points[baseline]), resource});
                }
            }
        }
    }
    return out;
}

}  // namespace oneadapt
