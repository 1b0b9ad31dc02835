#include "dnn/frame_boxes.hpp"
#include "media/dataset.hpp"

namespace oneadapt {

std::unique_ptr<GroundTruth> box_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                       cv::Size size) {
    const Labels labels = load_labels(*clip.labels);
    const float scale_x = static_cast<float>(size.width) / static_cast<float>(labels.size.width);
    const float scale_y = static_cast<float>(size.height) / static_cast<float>(labels.size.height);
    std::set<std::string> names;
    std::vector<FrameBoxes> frames(labels.frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        for (const Label& label : labels.frames[i]) {
            names.insert(label.label_class);
            const auto index = class_index(sidecar, label.label_class);
            if (!index) continue;
            const cv::Rect2f& box = label.box;
            frames[i].add(
                {box.x * scale_x, box.y * scale_y, box.width * scale_x, box.height * scale_y},
                *index, label.ignored);
        }
    }
    check_classes(names, sidecar, clip.labels->string());
    return truth_of_boxes(std::move(frames), labels.fps, clip, sidecar);
}

}  // namespace oneadapt
