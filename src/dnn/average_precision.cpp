#include "dnn/average_precision.hpp"

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

/// Precision over recall, from detections that come best first. Precision falls with each that
/// finds nothing, so that what is the most from some recall on lies where one finds something.
class PrecisionCurve {
  public:
    PrecisionCurve(double demanded, std::size_t said) : demanded_(demanded) {
        recall_.reserve(said);
        precision_.reserve(said);
    }

    /// `times` equal ones.
    void add(bool found, double times) {
        if (!found) {
            wrong_ += times;
        } else if (times > 0) {
            found_ += times;
            recall_.push_back(found_ / demanded_);
            precision_.push_back(found_ /
                                 (found_ + wrong_ + std::numeric_limits<double>::epsilon()));
        }
    }

    /// The sum of the precisions at 101 recalls.
    double sum() {
        for (std::size_t i = precision_.size(); i-- > 1;) {
            precision_[i - 1] = std::max(precision_[i - 1], precision_[i]);
        }
        double sum = 0;
        for (int i = 0; i < kRecalls; ++i) {
            const double wanted = i + 1 == kRecalls ? 1.0 : i * 0.01;
            const auto at = std::ranges::lower_bound(recall_, wanted) - recall_.begin();
            if (at < std::ssize(precision_)) sum += precision_[static_cast<std::size_t>(at)];
        }
        return sum;
    }

  private:
    double demanded_;
    double found_ = 0;
    double wrong_ = 0;
    std::vector<double> recall_;
    std::vector<double> precision_;
};

double precisions(const std::vector<Judged>& sorted, std::size_t iou, std::size_t demanded) {
    PrecisionCurve curve(static_cast<double>(demanded), sorted.size());
    for (const Judged& one : sorted) {
        if (!one.ignored[iou]) curve.add(one.found[iou], 1);
    }
    return curve.sum();
}

/// The classes of which something is said or demanded in a frame.
std::set<std::int32_t> classes_in(const ScoredFrame& frame) {
    std::set<std::int32_t> classes;
    for (const auto* boxes : {&frame.said, &frame.right}) {
        for (const Detection& box : *boxes) classes.insert(box.label);
    }
    return classes;
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
        std::vector<Judged> said;
        std::size_t demanded = 0;
        for (const ScoredFrame& frame : frames) {
            const OfClass of_class(frame, label);
            of_class.judge(said);
            demanded += of_class.demanded;
        }
        std::ranges::stable_sort(said, std::greater{}, &Judged::score);
        for (std::size_t t = 0; t < kIous; ++t) {
            const double sum = precisions(said, t, demanded);
            all += sum;
            if (t == 0) at50 += sum;
        }
    }
    const double count = kRecalls * static_cast<double>(classes.size());
    return {.ap = all / (count * kIous), .ap50 = at50 / count};
}

JudgedFrames judged(std::span<const ScoredFrame> frames) {
    JudgedFrames all;
    for (const ScoredFrame& frame : frames) {
        for (const std::int32_t label : classes_in(frame)) {
            const OfClass of_class(frame, label);
            std::vector<Judged> said;
            of_class.judge(said);
            for (const Judged& one : said) {
                if (one.ignored[0]) continue;
                all.said[label].push_back({.score = one.score, .found = one.found[0]});
            }
            all.demanded[label] += of_class.demanded;
        }
    }
    return all;
}

PooledPrecision::PooledPrecision(std::span<const JudgedFrames* const> lots) {
    for (std::uint32_t lot = 0; lot < lots.size(); ++lot) {
        for (const auto& [label, said] : lots[lot]->said) {
            for (const JudgedFrames::Said& one : said) {
                classes_[label].said.push_back({one.score, lot, one.found});
            }
        }
        for (const auto& [label, number] : lots[lot]->demanded) {
            if (number == 0) continue;
            classes_[label].demanded.emplace_back(lot, static_cast<double>(number));
        }
    }
    for (auto& [label, of_class] : classes_) {
        std::ranges::stable_sort(of_class.said, std::greater{}, &Said::score);
    }
}

std::optional<double> PooledPrecision::ap50(std::span<const double> times) const {
    double sum = 0;
    double classes = 0;
    for (const auto& [label, of_class] : classes_) {
        double demanded = 0;
        for (const auto& [lot, number] : of_class.demanded) demanded += number * times[lot];
        if (demanded == 0) continue;
        PrecisionCurve curve(demanded, of_class.said.size());
        for (const Said& one : of_class.said) curve.add(one.found, times[one.lot]);
        sum += curve.sum();
        ++classes;
    }
    return classes == 0 ? std::nullopt : std::optional(sum / (kRecalls * classes));
}

}  // namespace oneadapt
