#include "schemes/region_values.hpp"

#include <functional>
#include <limits>
#include <numeric>

#include "schemes/dials.hpp"

namespace oneadapt {
namespace {

void scale_to_mean_1(cv::Mat& map) {
    const double mean = cv::mean(map)[0];
    if (mean > 0) {
        map /= mean;
    } else {
        map.setTo(1);
    }
}

/// Each region's part of a map's mean.
std::vector<double> parts(const cv::Mat& map, const RegionGrid& regions) {
    return split_mean(map, regions.of_tile, static_cast<std::size_t>(regions.size.area()),
                      std::identity());
}

/// The share of what all regions save that each is taken to save.
std::vector<double> shares(const std::vector<double>& change, double busy) {
    const double all = std::accumulate(change.begin(), change.end(), 0.0);
    const double alike = 1.0 / static_cast<double>(change.size());
    std::vector<double> shares;
    shares.reserve(change.size());
    for (const double own : change) {
        shares.push_back((1 - busy) * alike + busy * (all > 0 ? own / all : alike));
    }
    return shares;
}

}  // namespace

cv::Mat TileWeights::add(const cv::Mat& saliency) {
    cv::Mat now = saliency.clone();
    scale_to_mean_1(now);
    mean_ = mean_.empty() ? now : cv::Mat(memory_ * mean_ + (1 - memory_) * now);
    return (1 - floor_) * mean_ + floor_;
}

cv::Mat damage(const cv::Mat& difference, double power) {
    cv::Mat powers;
    cv::pow(difference, power, powers);
    return powers;
}

cv::Mat damage(const cv::Mat& difference, const cv::Mat& dearer, double power) {
    return cv::max(damage(difference, power) - damage(dearer, power), 0);
}

Indices values_of_regions(const std::vector<RegionalValue>& values, const cv::Mat& weights,
                          double loss_of_damage, double busy, const RegionGrid& regions) {
    std::vector<std::vector<double>> lost;
    lost.reserve(values.size());
    for (const RegionalValue& value : values) {
        lost.push_back(parts(value.damage.mul(weights), regions));
    }
    const std::vector<double> share = shares(parts(values.back().damage, regions), busy);
    Indices chosen(share.size(), 0);
    for (std::size_t region = 0; region < chosen.size(); ++region) {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t v = 0; v < values.size(); ++v) {
            const double objective =
                loss_of_damage * lost[v][region] - values[v].saved * share[region];
            if (objective >= least) continue;
            least = objective;
            chosen[region] = v;
        }
    }
    return chosen;
}

}  // namespace oneadapt
