#include "testbed/ground_truth.hpp"

#include <map>
#include <string>

#include "support/errors.hpp"

namespace oneadapt {

GroundTruth::GroundTruth(const ClipSpec& clip, const Sidecar& sidecar)
    : task_(find_task(sidecar.task)), sidecar_(sidecar), start_s_(clip.start_s) {}

double GroundTruth::accuracy(const SegmentInfo& segment, std::size_t frame,
                             const FrameOutput& delivered, std::optional<double> threshold) const {
    const double step = segment.duration.value / segment.frames;
    const double from = start_s_ + segment.start.value + static_cast<double>(frame) * step;
    return of_frame(delivered, from, from + step, Scoring(sidecar_, threshold));
}

std::unique_ptr<GroundTruth> load_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                        cv::Size size) {
    using Loader = std::unique_ptr<GroundTruth> (*)(const ClipSpec&, const Sidecar&, cv::Size);
    static const std::map<std::string, Loader> loaders = {
        {"detect", box_truth},
        {"lidar", box3d_truth},
        {"segment", class_truth},
        {"transcribe", word_truth},
    };
    if (!clip.labels) {
        throw InputError(clip.name, "has no ground-truth labels",
                         "name them in the dataset's manifest, or score against the reference");
    }
    return loaders.at(sidecar.task)(clip, sidecar, size);
}

}  // namespace oneadapt
