#include "testbed/ground_truth.hpp"

#include <map>
#include <string>

#include "support/errors.hpp"

namespace oneadapt {

GroundTruth::GroundTruth(const ClipSpec& clip, const Sidecar& sidecar)
    : task_(find_task(sidecar.task)), sidecar_(sidecar), start_s_(clip.start_s) {}

double GroundTruth::accuracy(const SegmentInfo& segment, const Output& delivered) const {
    const double step = segment.duration.value / segment.frames;
    const Scoring scoring(sidecar_, delivered.threshold);
    double sum = 0;
    for (std::size_t i = 0; i < delivered.frames.size(); ++i) {
        const double from = start_s_ + segment.start.value + static_cast<double>(i) * step;
        sum += of_frame(delivered.frames[i], from, from + step, scoring);
    }
    return sum / static_cast<double>(delivered.frames.size());
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
