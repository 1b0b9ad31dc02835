#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dnn/ground_truth.hpp"

namespace oneadapt {

/// The index of a class of that name in the sidecar, or nothing when it is none of interest.
std::optional<int> class_index(const Sidecar& sidecar, const std::string& name);

/// Throws InputError when there are labels and none of their `names` is of interest.
void check_classes(const std::set<std::string>& names, const Sidecar& sidecar,
                   const std::string& where);

/// The truth of a clip whose frames were labelled at `fps`: each frame of a segment is compared
/// with the one that is nearest in time.
std::unique_ptr<GroundTruth> truth_of_boxes(std::vector<FrameBoxes> frames, double fps,
                                            const ClipSpec& clip, const Sidecar& sidecar);

}  // namespace oneadapt
