#include "report/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

namespace oneadapt {
namespace {

constexpr std::size_t kLongestBlock = 10;  ///< unless it is given

std::size_t block_length(std::size_t segments, const std::optional<int>& given) {
    const std::size_t wanted =
        given ? static_cast<std::size_t>(*given) : std::min(kLongestBlock, segments / 5);
    return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(segments, 1));
}

/// One of 0 to `count` - 1; the same with every standard library.
std::uint32_t draw(std::mt19937_64& random, std::size_t count) {
    return static_cast<std::uint32_t>(((random() >> 32) * count) >> 32);
}

/// Puts the values in another order.
double quantile(std::vector<double>& values, double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = values.begin() + static_cast<std::ptrdiff_t>(place);
    std::nth_element(values.begin(), below, values.end());
    if (below + 1 == values.end()) return *below;
    const double above = *std::min_element(below + 1, values.end());
    return *below + (place - std::floor(place)) * (above - *below);
}

}  // namespace

std::optional<Interval> interval(std::vector<double> values) {
    if (values.empty()) return std::nullopt;
    const double lo = quantile(values, 0.025);
    return Interval{lo, quantile(values, 0.975)};
}

Bootstrap::Bootstrap(std::size_t segments, std::size_t start, std::size_t clip,
                     const Resampling& resampling)
    : start_(std::min(start, segments)),
      drawn_(segments - start_),
      block_(block_length(drawn_, resampling.block)),
      per_replicate_((drawn_ + block_ - 1) / block_),
      starts_(per_replicate_ * static_cast<std::size_t>(resampling.replicates)) {
    std::seed_seq seed{resampling.seed & 0xFFFFFFFF, resampling.seed >> 32,
                       static_cast<std::uint64_t>(clip)};
    std::mt19937_64 random(seed);
    const std::size_t places = drawn_ - std::min(block_, drawn_) + 1;
    if (places == 1) {
        per_replicate_ = 0;
        starts_.clear();
    }
    for (std::uint32_t& place : starts_) {
        place = static_cast<std::uint32_t>(start_) + draw(random, places);
    }
}

std::vector<double> Bootstrap::sums(std::span<const double> series) const {
    if (series.size() != segments()) throw std::logic_error("a series of another length");
    std::vector<double> before(segments() + 1, 0.0);  // the sum of all before a segment
    for (std::size_t i = 0; i < segments(); ++i) before[i + 1] = before[i] + series[i];
    std::vector<double> sums;
    if (per_replicate_ == 0) return sums;
    const std::size_t last = drawn_ - (per_replicate_ - 1) * block_;
    sums.reserve(starts_.size() / per_replicate_);
    for (std::size_t first = 0; first < starts_.size(); first += per_replicate_) {
        double sum = before[start_];
        for (std::size_t i = 0; i < per_replicate_; ++i) {
            const std::size_t place = starts_[first + i];
            const std::size_t length = i + 1 < per_replicate_ ? block_ : last;
            sum += before[place + length] - before[place];
        }
        sums.push_back(sum);
    }
    return sums;
}

std::size_t Bootstrap::replicates() const {
    return per_replicate_ == 0 ? 0 : starts_.size() / per_replicate_;
}

std::vector<double> Bootstrap::times(std::size_t replicate) const {
    std::vector<double> times(segments(), 0.0);
    std::fill_n(times.begin(), start_, 1.0);
    const std::size_t last = drawn_ - (per_replicate_ - 1) * block_;
    for (std::size_t i = 0; i < per_replicate_; ++i) {
        const std::size_t place = starts_[replicate * per_replicate_ + i];
        const std::size_t length = i + 1 < per_replicate_ ? block_ : last;
        for (std::size_t k = 0; k < length; ++k) ++times[place + k];
    }
    return times;
}

}  // namespace oneadapt
