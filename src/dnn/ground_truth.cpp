#include "dnn/ground_truth.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

GroundTruth::GroundTruth(const ClipSpec& clip, const Sidecar& sidecar)
    : task_(find_task(sidecar.task)),
      sidecar_(sidecar),
      clip_(clip.name),
      labels_(clip.labels ? clip.labels->string() : ""),
      start_s_(clip.start_s) {}

double GroundTruth::accuracy(const SegmentInfo& segment, std::size_t frame,
                             const FrameOutput& delivered, std::optional<double> threshold) const {
    const double start = start_s_ + segment.start.value;
    const auto place = static_cast<int>(frame);
    const double from = start + segment.seconds_to(place);
    check_known(from, start + segment.duration.value);
    return of_frame(delivered, from, start + segment.seconds_to(place + 1),
                    Scoring(sidecar_, threshold));
}

FrameBoxes GroundTruth::boxes(const SegmentInfo& segment, std::size_t frame) const {
    return boxes_at(start_s_ + segment.start.value + segment.seconds_to(static_cast<int>(frame)));
}

void GroundTruth::check_length(double seconds, double step) const {
    constexpr double kPromiseSlack = 1;
    const double clip_end = start_s_ + seconds;
    check_known(clip_end - step - kPromiseSlack, clip_end);
}

void GroundTruth::check_known(double from, double clip_end) const {
    if (from < end_s() + slack_s()) return;
    const double there = std::floor(100 * (end_s() - start_s_)) / 100;
    throw InputError(
        labels_,
        fmt::format("ends at {:.2f} s, and clip '{}' goes on to {:.2f} s", end_s(), clip_,
                    clip_end),
        there > 0 ? fmt::format("{}, or use --duration {:.2f}", remedy(), there) : remedy());
}

std::unique_ptr<GroundTruth> load_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                        cv::Size size) {
    if (!clip.labels) {
        throw InputError(clip.name, "has no ground-truth labels",
                         "name them in the dataset's manifest, or score against the reference");
    }
    return find_task(sidecar.task).truth(clip, sidecar, size);
}

}  // namespace oneadapt
