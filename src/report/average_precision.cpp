#include "report/average_precision.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace oneadapt {
namespace {

constexpr std::size_t kIous = 10;
constexpr int kRecalls = 101;
constexpr std::size_t kMostInFrame = 100;

/// 0.5 to 0.95, as numpy.linspace spells them.
double iou_threshold(std::size_t place) {
    constexpr double kStep = (0.95 - 0.5) / (kIous - 1);
    return place + 1 == kIous ? 0.95 : 0.5 + static_cast<double>(place) * kStep;
}

/// Corner and sides in doubles, as COCO's files have them.
struct Sides {
    double x, y, width, height;

    explicit Sides(const Detection& box)
        : x(box.x1),
          y(box.y1),
          width(static_cast<double>(box.x2) - x),
          height(static_cast<double>(box.y2) - y) {}
    double area() const { return width * height; }
};

/// Of a crowd, how much of the detection lies in it.
double coco_iou(const Sides& said, const Sides& right, bool crowd) {
    const double width =
        std::min(said.x + said.width, right.x + right.width) - std::max(said.x, right.x);
    const double height =
        std::min(said.y + said.height, right.y + right.height) - std::max(said.y, right.y);
    if (width <= 0 || height <= 0) return 0;
    const double both = width * height;
    return both / (crowd ? said.area() : said.area() + right.area() - both);
}

/// A detection with what it turned out to be at each IoU.
struct Judged {
    float score = 0;
    std::array<bool, kIous> found = {};
    std::array<bool, kIous> ignored = {};
};

/// What there is of one class in a frame.
struct OfClass {
    std::vector<Detection> said;  ///< best first
    std::vector<Sides> right;     ///< the demanded ones first
    std::size_t demanded = 0;

    OfClass(const ScoredFrame& frame, std::int32_t label) {
        const auto is = [&](const Detection& d) { return d.label == label; };
        std::ranges::copy_if(frame.said, std::back_inserter(said), is);
        std::ranges::stable_sort(said, std::greater{}, &Detection::score);
        said.resize(std::min(said.size(), kMostInFrame));
        for (const auto* boxes : {&frame.right, &frame.ignored}) {
            for (const Detection& box : *boxes) {
                if (is(box)) right.emplace_back(box);
            }
            if (boxes == &frame.right) demanded = right.size();
        }
    }

    /// The box that a detection is taken for: a free demanded one before an ignored one, that with
    /// the largest IoU, the last of equals; right.size() where there is none.
    std::size_t match(const Detection& detection, double threshold,
                      const std::vector<char>& taken) const {
        double best = std::min(threshold, 1 - 1e-10);
        std::size_t place = right.size();
        for (std::size_t i = 0; i < right.size(); ++i) {
            const bool crowd = i >= demanded;
            if (taken[i] != 0 && !crowd) continue;
            if (place < demanded && crowd) break;
            const double iou = coco_iou(Sides(detection), right[i], crowd);
            if (iou < best) continue;
            best = iou;
            place = i;
        }
        return place;
    }

    void judge(std::vector<Judged>& all) const {
        const std::size_t first = all.size();
        for (const Detection& detection : said) all.push_back({.score = detection.score});
        for (std::size_t t = 0; t < kIous; ++t) {
            std::vector<char> taken(right.size(), 0);
            for (std::size_t i = 0; i < said.size(); ++i) {
                const std::size_t box = match(said[i], iou_threshold(t), taken);
                if (box == right.size()) continue;
                taken[box] = 1;
                all[first + i].found[t] = true;
                all[first + i].ignored[t] = box >= demanded;
            }
        }
    }
};

/// The sum of the precisions at 101 recalls.
double precisions(const std::vector<Judged>& sorted, std::size_t iou, std::size_t demanded) {
    std::vector<double> recall;
    std::vector<double> precision;
    double found = 0;
    double wrong = 0;
    for (const Judged& judged : sorted) {
        if (!judged.ignored[iou]) (judged.found[iou] ? found : wrong) += 1;
        recall.push_back(found / static_cast<double>(demanded));
        precision.push_back(found / (found + wrong + std::numeric_limits<double>::epsilon()));
    }
    for (std::size_t i = precision.size(); i-- > 1;) {
        precision[i - 1] = std::max(precision[i - 1], precision[i]);
    }
    double sum = 0;
    for (int i = 0; i < kRecalls; ++i) {
        const double wanted = i + 1 == kRecalls ? 1.0 : i * 0.01;
        const auto at = std::ranges::lower_bound(recall, wanted) - recall.begin();
        if (at < std::ssize(precision)) sum += precision[static_cast<std::size_t>(at)];
    }
    return sum;
}

}  // namespace

AveragePrecision average_precision(std::span<const ScoredFrame> frames) {
    std::set<std::int32_t> classes;
    for (const ScoredFrame& frame : frames) {
        for (const Detection& box : frame.right) classes.insert(box.label);
    }
    if (classes.empty()) return {};
    double all = 0;
    double at50 = 0;
    for (const std::int32_t label : classes) {
        std::vector<Judged> judged;
        std::size_t demanded = 0;
        for (const ScoredFrame& frame : frames) {
            const OfClass of_class(frame, label);
            of_class.judge(judged);
            demanded += of_class.demanded;
        }
        std::ranges::stable_sort(judged, std::greater{}, &Judged::score);
        for (std::size_t t = 0; t < kIous; ++t) {
            const double sum = precisions(judged, t, demanded);
            all += sum;
            if (t == 0) at50 += sum;
        }
    }
    const double count = kRecalls * static_cast<double>(classes.size());
    return {.ap = all / (count * kIous), .ap50 = at50 / count};
}

}  // namespace oneadapt
