#include "schemes/threshold_table.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace oneadapt {
namespace {

constexpr std::size_t kBins = 30;

double key_distance(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) sum += (a[bin] - b[bin]) * (a[bin] - b[bin]);
    return std::sqrt(sum);
}

}  // namespace

void ThresholdTable::add(Row row) {
    const double before = largest_;
    for (const double change : row.changes) largest_ = std::max(largest_, change);
    rows_.push_back(std::move(row));
    if (largest_ != before) keys_.clear();  // their bins have moved
    while (keys_.size() < rows_.size()) keys_.push_back(histogram(rows_[keys_.size()].changes));
}

std::vector<double> ThresholdTable::histogram(const std::vector<double>& changes) const {
    std::vector<double> bins(kBins, 0.0);
    for (const double change : changes) {
        const double place = largest_ > 0 ? change / largest_ * static_cast<double>(kBins) : 0.0;
        bins[std::min(static_cast<std::size_t>(place), kBins - 1)] +=
            1.0 / static_cast<double>(changes.size());
    }
    return bins;
}

std::optional<std::size_t> ThresholdTable::find(const std::vector<double>& changes) const {
    if (rows_.empty()) return std::nullopt;
    const std::vector<double> key = histogram(changes);
    std::vector<std::pair<double, std::size_t>> nearest;  // distance, level
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        nearest.emplace_back(key_distance(key, keys_[i]), rows_[i].level);
    }
    std::ranges::sort(nearest);
    nearest.resize(std::min(neighbours_, nearest.size()));
    double sum = 0;
    for (const auto& [distance, level] : nearest) sum += distance;
    const double share = static_cast<double>(nearest.size()) / static_cast<double>(neighbours_);
    if (sum > guard_ * share) return std::nullopt;

    const bool same = nearest.front().first == 0;
    std::map<std::size_t, double> votes;
    for (const auto& [distance, level] : nearest) {
        if (same && distance > 0) break;
        votes[level] += same ? 1.0 : 1.0 / distance;
    }
    return std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; })->first;
}

}  // namespace oneadapt
