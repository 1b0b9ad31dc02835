#include "testbed/ground_truth.hpp"

#include <map>
#include <string>

#include "support/errors.hpp"

namespace oneadapt {

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
