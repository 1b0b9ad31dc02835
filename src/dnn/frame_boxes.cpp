#include "dnn/frame_boxes.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/detect.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

class BoxTruth final : public GroundTruth {
  public:
    BoxTruth(std::vector<FrameBoxes> frames, double fps, const ClipSpec& clip,
             const Sidecar& sidecar)
        : GroundTruth(clip, sidecar), frames_(std::move(frames)), fps_(fps) {}

  private:
    double of_frame(const FrameOutput& delivered, double from, double /*to*/,
                    const Scoring& scoring) const override {
        const FrameBoxes& truth = nearest(from);
        return task().accuracy(without_ignored(delivered, truth.demanded, truth.ignored),
                               truth.demanded, scoring);
    }

    FrameBoxes boxes_at(double from) const override { return nearest(from); }

    const FrameBoxes& nearest(double seconds) const {
        static const FrameBoxes none;
        const auto frame = static_cast<std::size_t>(std::lround(seconds * fps_));
        return frames_.empty() ? none : frames_[std::min(frame, frames_.size() - 1)];
    }

    double end_s() const override { return static_cast<double>(frames_.size()) / fps_; }
    double slack_s() const override { return 0.5 / fps_; }

    std::vector<FrameBoxes> frames_;
    double fps_;
};

}  // namespace

void FrameBoxes::add(const cv::Rect2f& box, int label, bool is_ignored) {
    (is_ignored ? ignored : demanded)
        .detections.push_back({box.x, box.y, box.x + box.width, box.y + box.height, 1.0F, label});
}

std::optional<int> class_index(const Sidecar& sidecar, const std::string& name) {
    for (const auto& [index, label] : sidecar.classes) {
        if (label == name) return index;
    }
    return std::nullopt;
}

void check_classes(const std::set<std::string>& names, const Sidecar& sidecar,
                   const std::string& where) {
    for (const std::string& name : names) {
        if (class_index(sidecar, name)) return;
    }
    if (names.empty()) return;
    std::vector<std::string> known;
    for (const auto& [index, name] : sidecar.classes) known.push_back(name);
    throw InputError(
        where, fmt::format("none of the classes {} is one of the model's", fmt::join(names, ", ")),
        fmt::format("the model knows {}", fmt::join(known, ", ")));
}

std::unique_ptr<GroundTruth> truth_of_boxes(std::vector<FrameBoxes> frames, double fps,
                                            const ClipSpec& clip, const Sidecar& sidecar) {
    return std::make_unique<BoxTruth>(std::move(frames), fps, clip, sidecar);
}

}  // namespace oneadapt
