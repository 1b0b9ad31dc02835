#include "testbed/referee.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/detect.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

std::optional<int> class_index(const Sidecar& sidecar, const std::string& name) {
    for (const auto& [index, label] : sidecar.classes) {
        if (label == name) return index;
    }
    return std::nullopt;
}

void check_classes(const Labels& labels, const Sidecar& sidecar) {
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
        "labels",
        fmt::format("none of the classes {} is one of the model's", fmt::join(unknown, ", ")),
        fmt::format("the model knows {}", fmt::join(known, ", ")));
}

}  // namespace

Referee::Referee(const Task& task, const Sidecar& sidecar, Configuration reference,
                 std::optional<Labels> labels, cv::Size size, double start_s)
    : task_(&task),
      sidecar_(&sidecar),
      reference_(std::move(reference)),
      labels_(std::move(labels)),
      start_s_(start_s) {
    if (!labels_) return;
    check_classes(*labels_, sidecar);
    const float sx = static_cast<float>(size.width) / static_cast<float>(labels_->size.width);
    const float sy = static_cast<float>(size.height) / static_cast<float>(labels_->size.height);
    for (auto& frame : labels_->frames) {
        for (Label& label : frame) {
            label.box = {label.box.x * sx, label.box.y * sy, label.box.width * sx,
                         label.box.height * sy};
        }
    }
}

Referee::Truth Referee::truth(const SegmentInfo& segment) const {
    Truth truth;
    const double step = segment.duration.value / segment.frames;
    for (int i = 0; i < segment.frames; ++i) {
        const double seconds = start_s_ + segment.start.value + i * step;
        const auto nearest = static_cast<std::size_t>(std::lround(seconds * labels_->fps));
        FrameOutput& demanded = truth.demanded.frames.emplace_back();
        FrameOutput& ignored = truth.ignored.frames.emplace_back();
        if (nearest < labels_->frames.size()) {
            for (const Label& label : labels_->frames[nearest]) {
                if (const auto index = class_index(*sidecar_, label.label_class)) {
                    const cv::Rect2f& box = label.box;
                    (label.ignored ? ignored : demanded)
                        .detections.push_back(
                            {box.x, box.y, box.x + box.width, box.y + box.height, 1.0F, *index});
                }
            }
        }
    }
    return truth;
}

double Referee::accuracy(Measurements& measurements, const Output& delivered) const {
    if (labels_) {
        const auto [demanded, ignored] = truth(measurements.segment());
        Output counted;
        for (std::size_t i = 0; i < delivered.frames.size(); ++i) {
            counted.frames.push_back(
                without_ignored(delivered.frames[i], demanded.frames[i], ignored.frames[i]));
        }
        return segment_accuracy(*task_, counted, demanded, *sidecar_);
    }
    return segment_accuracy(*task_, delivered, *measurements.output(reference_), *sidecar_);
}

std::int64_t Referee::reference_bytes(Measurements& measurements) const {
    return measurements.encoding(reference_)->bytes;
}

}  // namespace oneadapt
