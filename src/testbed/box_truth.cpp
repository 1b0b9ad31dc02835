#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/detect.hpp"
#include "media/dataset.hpp"
#include "support/errors.hpp"
#include "testbed/ground_truth.hpp"

namespace oneadapt {
namespace {

std::optional<int> class_index(const Sidecar& sidecar, const std::string& name) {
    for (const auto& [index, label] : sidecar.classes) {
        if (label == name) return index;
    }
    return std::nullopt;
}

void check_classes(const Labels& labels, const Sidecar& sidecar, const std::string& where) {
    std::set<std::string> unknown;
    for (const auto& frame : labels.frames) {
        for (const Label& label : frame) {
            if (class_index(sidecar, label.label_class)) return;
            unknown.insert(label.label_class);
        }
    }
    if (unknown.empty()) return;
    std::vector<std::string> known;
    for (const auto& [index, name] : sidecar.classes) known.push_back(name);
    throw InputError(
        where,
        fmt::format("none of the classes {} is one of the model's", fmt::join(unknown, ", ")),
        fmt::format("the model knows {}", fmt::join(known, ", ")));
}

class BoxTruth final : public GroundTruth {
  public:
    BoxTruth(const ClipSpec& clip, const Sidecar& sidecar, cv::Size size)
        : task_(find_task(sidecar.task)),
          sidecar_(sidecar),
          labels_(load_labels(*clip.labels)),
          start_s_(clip.start_s),
          scale_x_(static_cast<float>(size.width) / static_cast<float>(labels_.size.width)),
          scale_y_(static_cast<float>(size.height) / static_cast<float>(labels_.size.height)) {
        check_classes(labels_, sidecar_, clip.labels->string());
    }

    double accuracy(const SegmentInfo& segment, const Output& delivered) const override {
        const double step = segment.duration.value / segment.frames;
        double sum = 0;
        for (std::size_t i = 0; i < delivered.frames.size(); ++i) {
            FrameOutput demanded;
            FrameOutput ignored;
            const double seconds = start_s_ + segment.start.value + static_cast<double>(i) * step;
            read_frame(seconds, demanded, ignored);
            sum += task_.accuracy(without_ignored(delivered.frames[i], demanded, ignored), demanded,
                                  sidecar_);
        }
        return sum / static_cast<double>(delivered.frames.size());
    }

  private:
    void read_frame(double seconds, FrameOutput& demanded, FrameOutput& ignored) const {
        const auto nearest = static_cast<std::size_t>(std::lround(seconds * labels_.fps));
        if (nearest >= labels_.frames.size()) return;
        for (const Label& label : labels_.frames[nearest]) {
            const auto index = class_index(sidecar_, label.label_class);
            if (!index) continue;
            const cv::Rect2f& box = label.box;
            (label.ignored ? ignored : demanded)
                .detections.push_back({box.x * scale_x_, box.y * scale_y_,
                                       (box.x + box.width) * scale_x_,
                                       (box.y + box.height) * scale_y_, 1.0F, *index});
        }
    }

    const Task& task_;
    const Sidecar& sidecar_;
    Labels labels_;
    double start_s_;
    float scale_x_;
    float scale_y_;
};

}  // namespace

std::unique_ptr<GroundTruth> box_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                       cv::Size size) {
    return std::make_unique<BoxTruth>(clip, sidecar, size);
}

}  // namespace oneadapt
