#include <cmath>

#include "dnn/frame_boxes.hpp"
#include "media/dataset.hpp"

namespace oneadapt {
namespace {

/// The upright box round a box in space, seen from above, in pixels.
cv::Rect2d seen_from_above(const Box3d& box, const Bev& form) {
    const double along = std::abs(std::cos(box.yaw));
    const double across = std::abs(std::sin(box.yaw));
    const double half_x = 0.5 * (box.size[0] * along + box.size[1] * across);
    const double half_y = 0.5 * (box.size[0] * across + box.size[1] * along);
    return {form.pixel(box.centre[0] + half_x, box.centre[1] + half_y),
            form.pixel(box.centre[0] - half_x, box.centre[1] - half_y)};
}

}  // namespace

std::unique_ptr<GroundTruth> box3d_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                         cv::Size /*size*/) {
    const Boxes3d labels = load_boxes3d(*clip.labels);
    const cv::Rect2d picture(cv::Point2d(), cv::Size2d(sidecar.bev.size()));
    std::set<std::string> names;
    std::vector<FrameBoxes> frames(labels.frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        for (const Box3d& box : labels.frames[i]) {
            names.insert(box.label_class);
            const auto index = class_index(sidecar, box.label_class);
            const cv::Point2d centre = sidecar.bev.pixel(box.centre[0], box.centre[1]);
            if (!index || !picture.contains(centre)) continue;
            frames[i].add(seen_from_above(box, sidecar.bev) & picture, *index, box.ignored);
        }
    }
    check_classes(names, sidecar, clip.labels->string());
    return truth_of_boxes(std::move(frames), labels.fps, clip, sidecar);
}

}  // namespace oneadapt
