#include "schemes/likely_regions.hpp"

#include <algorithm>
#include <numeric>

#include "dnn/detect.hpp"
#include "dnn/model.hpp"
#include "schemes/region_masks.hpp"

namespace oneadapt {
namespace {

/// How a box of the last frame came there: the box it was `frames` before.
struct Origin {
    Detection box;
    int frames = 0;
};

Origin origin(const Output& output, const Detection& box) {
    constexpr int kBack = 5;
    constexpr float kSame = 0.3F;  // of their union
    Origin found{box, 0};
    const int last = static_cast<int>(output.frames.size()) - 1;
    for (int frame = last - 1; frame >= std::max(0, last - kBack); --frame) {
        const auto& all = output.frames[static_cast<std::size_t>(frame)].detections;
        const auto overlap = [&](const Detection& other) {
            return other.label == box.label ? intersection_over_union(other, found.box) : 0.0F;
        };
        const auto best = std::ranges::max_element(all, {}, overlap);
        if (best == all.end() || overlap(*best) < kSame) break;
        found = {*best, last - frame};
    }
    return found;
}

}  // namespace

std::vector<Detection> moved_on(const Output& output, double threshold, int frames) {
    std::vector<Detection> boxes;
    for (const Detection& box : output.frames.back().detections) {
        if (static_cast<double>(box.score) <= threshold) continue;
        const Origin from = origin(output, box);
        const float per_frame = from.frames > 0 ? 1.0F / static_cast<float>(from.frames) : 0.0F;
        for (const float ahead :
             {1.0F, static_cast<float>(frames) / 2, static_cast<float>(frames)}) {
            const float moved = ahead * per_frame;
            Detection there = box;
            there.x1 += moved * (box.x1 - from.box.x1);
            there.y1 += moved * (box.y1 - from.box.y1);
            there.x2 += moved * (box.x2 - from.box.x2);
            there.y2 += moved * (box.y2 - from.box.y2);
            boxes.push_back(there);
        }
    }
    return boxes;
}

RegionMask heaviest_regions(const cv::Mat& tiles, double share, const RegionGrid& regions) {
    std::vector<double> weight(static_cast<std::size_t>(regions.size.area()), 0);
    for (int row = 0; row < tiles.rows; ++row) {
        for (int column = 0; column < tiles.cols; ++column) {
            weight[static_cast<std::size_t>(regions.of_tile.at<int>(row, column))] +=
                static_cast<double>(tiles.at<float>(row, column));
        }
    }
    std::vector<int> order(weight.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](int region) { return weight[static_cast<std::size_t>(region)]; });
    const double wanted = share * std::accumulate(weight.begin(), weight.end(), 0.0);
    RegionMask mask = no_regions(regions);
    double held = 0;
    for (const int region : order) {
        if (held >= wanted) break;
        held += weight[static_cast<std::size_t>(region)];
        for (const int beside : {0, -1, 1, -regions.size.width, regions.size.width}) {
            const int other = region + beside;
            const bool same_row = other / regions.size.width == region / regions.size.width;
            if (other < 0 || other >= regions.size.area()) continue;
            if (std::abs(beside) == 1 && !same_row) continue;
            mask[static_cast<std::size_t>(other)] = true;
        }
    }
    return mask;
}

}  // namespace oneadapt
