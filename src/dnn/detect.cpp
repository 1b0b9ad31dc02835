#include "dnn/detect.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "dnn/drawing.hpp"
#include "dnn/model.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

constexpr float kMatchIou = 0.5F;
/// Rounding may lift a softmax or sigmoid a little above 1.
constexpr float kLargestScore = 1.0F + 1e-5F;

float area(const Detection& box) {
    return (box.x2 - box.x1) * (box.y2 - box.y1);
}

float intersection(const Detection& a, const Detection& b) {
    const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
    const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
    return width > 0.0F && height > 0.0F ? width * height : 0.0F;
}

std::size_t count_above(const FrameOutput& frame, double threshold) {
    const auto end = std::ranges::find_if(frame.detections, [&](const Detection& detection) {
        return static_cast<double>(detection.score) <= threshold;
    });
    return static_cast<std::size_t>(end - frame.detections.begin());
}

/// The free reference that the detection matches best, or `references` when there is none.
std::size_t best_match(const Detection& detection, const std::vector<Detection>& reference,
                       std::size_t references, const std::vector<char>& taken) {
    std::size_t best = references;
    float best_iou = 0.0F;
    for (std::size_t i = 0; i < references; ++i) {
        if (taken[i] != 0) continue;
        const float iou = matching_iou(detection, reference[i]);
        if (iou > best_iou) {
            best_iou = iou;
            best = i;
        }
    }
    return best;
}

void check_scores(const RawDetections& raw, const std::string& where) {
    const std::int64_t count = raw.rows * raw.columns;
    std::int64_t bad = 0;
    // A sum and not an early end, so that the compiler can vectorise it. NaN fails the comparison.
    for (std::int64_t i = 0; i < count; ++i) {
        bad +=
            static_cast<std::int64_t>(!(raw.scores[i] >= 0.0F && raw.scores[i] <= kLargestScore));
    }
    if (bad == 0) return;
    const float* found = std::find_if(raw.scores, raw.scores + count, [](float score) {
        return !(score >= 0.0F && score <= kLargestScore);
    });
    throw ModelError(
        where,
        fmt::format("yields {} scores outside [0,1] of {}, the first is {}", bad, count,
                    std::isnan(*found) ? "not a number" : fmt::format("{}", *found)),
        std::isfinite(*found) ? "end the model with a sigmoid or softmax over its scores"
                              : "check the model's weights and the sidecar's 'range'");
}

Detection checked_box(const RawDetections& raw, std::int64_t row, const std::string& where) {
    const float* box = raw.boxes + row * 4;
    const bool finite = std::all_of(box, box + 4, [](float side) { return std::isfinite(side); });
    if (!finite || box[2] < box[0] || box[3] < box[1]) {
        throw ModelError(where,
                         fmt::format("yields the box [{}, {}, {}, {}] in row {}", box[0], box[1],
                                     box[2], box[3], row),
                         "boxes are [x1, y1, x2, y2] in pixels, x1 <= x2 and y1 <= y2");
    }
    return {.x1 = box[0], .y1 = box[1], .x2 = box[2], .y2 = box[3]};
}

void check_classes(const RawDetections& raw, const Sidecar& sidecar, const std::string& where) {
    const auto& [index, name] = *sidecar.classes.rbegin();
    if (raw.labels == nullptr && index >= raw.columns) {
        throw ModelError(where, fmt::format("scores {} classes", raw.columns),
                         fmt::format("the sidecar's class {} ({}) must be below that: mend "
                                     "'classes' in {}",
                                     index, name, sidecar.file.string()));
    }
}

}  // namespace

float intersection_over_union(const Detection& a, const Detection& b) {
    const float shared = intersection(a, b);
    return shared > 0.0F ? shared / (area(a) + area(b) - shared) : 0.0F;
}

float matching_iou(const Detection& detection, const Detection& reference) {
    if (reference.label != detection.label) return 0.0F;
    const float iou = intersection_over_union(detection, reference);
    return iou >= kMatchIou ? iou : 0.0F;
}

FrameOutput without_ignored(FrameOutput result, const FrameOutput& demanded,
                            const FrameOutput& ignored) {
    std::erase_if(result.detections, [&](const Detection& detection) {
        const auto matches = [&](const Detection& object) {
            return matching_iou(detection, object) > 0.0F;
        };
        const auto covers_half = [&](const Detection& object) {
            const float shared = intersection(detection, object);
            return shared > 0.0F && shared >= 0.5F * area(detection);
        };
        return std::ranges::none_of(demanded.detections, matches) &&
               std::ranges::any_of(ignored.detections, covers_half);
    });
    return result;
}

double detection_f1(const FrameOutput& result, const FrameOutput& reference,
                    const Scoring& scoring) {
    const std::size_t results = count_above(result, scoring.result_threshold);
    const std::size_t references = count_above(reference, scoring.reference_threshold);
    if (results + references == 0) return 1.0;
    // Kept between calls: this runs for every frame of every configuration of every scheme.
    thread_local std::vector<char> taken;
    taken.assign(references, 0);
    std::size_t hits = 0;
    for (std::size_t i = 0; i < results; ++i) {
        const std::size_t match =
            best_match(result.detections[i], reference.detections, references, taken);
        if (match == references) continue;
        taken[match] = 1;
        ++hits;
    }
    return 2.0 * static_cast<double>(hits) / static_cast<double>(results + references);
}

double detection_utility(const FrameOutput& said, const Sidecar& sidecar) {
    double sum = 0;
    for (const Detection& detection : said.detections) {
        const double above = static_cast<double>(detection.score) - sidecar.score_threshold;
        sum += 1 / (1 + std::exp(-kUtilitySlope * above));
    }
    return sum;
}

std::vector<Candidate> suppress(std::vector<Candidate> candidates, double iou) {
    std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
        if (a.detection.score != b.detection.score) return a.detection.score > b.detection.score;
        return a.element < b.element;
    });
    std::map<std::int32_t, std::vector<Detection>> kept_of_class;
    std::vector<Candidate> kept;
    for (const Candidate& candidate : candidates) {
        auto& rivals = kept_of_class[candidate.detection.label];
        const bool covered = std::ranges::any_of(rivals, [&](const Detection& rival) {
            return static_cast<double>(intersection_over_union(rival, candidate.detection)) > iou;
        });
        if (covered) continue;
        rivals.push_back(candidate.detection);
        kept.push_back(candidate);
    }
    return kept;
}

std::vector<Candidate> candidates(const RawDetections& raw, const Sidecar& sidecar, double floor,
                                  const std::string& where) {
    if (raw.rows == 0) return {};
    check_scores(raw, where);
    check_classes(raw, sidecar, where);
    std::vector<Candidate> out;
    const auto consider = [&](std::int64_t row, std::int64_t column, std::int32_t label) {
        const std::int64_t element = row * raw.columns + column;
        if (!(static_cast<double>(raw.scores[element]) > floor)) return;
        Detection detection = checked_box(raw, row, where);
        detection.score = raw.scores[element];
        detection.label = label;
        out.push_back({detection, element});
    };
    for (std::int64_t row = 0; row < raw.rows; ++row) {
        if (raw.labels != nullptr) {
            const auto label = static_cast<std::int32_t>(raw.labels[row]);
            if (sidecar.classes.contains(label)) consider(row, 0, label);
            continue;
        }
        for (const auto& [index, name] : sidecar.classes) consider(row, index, index);
    }
    return out;
}

void draw_boxes(cv::Mat& canvas, cv::Size size, const FrameOutput& output, const Sidecar& sidecar) {
    const double sx = static_cast<double>(canvas.cols) / size.width;
    const double sy = static_cast<double>(canvas.rows) / size.height;
    for (const Detection& box : output.detections) {
        if (static_cast<double>(box.score) <= sidecar.score_threshold) continue;
        const cv::Rect2d place(cv::Point2d(box.x1 * sx, box.y1 * sy),
                               cv::Point2d(box.x2 * sx, box.y2 * sy));
        const cv::Scalar colour = colour_of(box.label);
        cv::rectangle(canvas, place, colour, 2);
        write_label(canvas, fmt::format("{} {:.2f}", sidecar.classes.at(box.label), box.score),
                    place.tl(), colour);
    }
}

}  // namespace oneadapt
