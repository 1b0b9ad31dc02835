#include <utility>

#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>

#include "dnn/detect.hpp"
#include "dnn_torch/output.hpp"

namespace oneadapt {
namespace {

/// A detector's answer: boxes, and a differentiable score tensor whose elements they belong to.
class Boxes final : public FrameAnswer {
  public:
    /// boxes [N,4]; scores [N,C] or, with labels [N], [N].
    Boxes(const at::Tensor& boxes, const at::Tensor& scores, const at::Tensor& labels,
          Speaker speaker)
        : speaker_(std::move(speaker)),
          boxes_(in_memory(boxes, at::kFloat)),
          scores_(scores.reshape({-1})),
          labels_(labels.defined() ? in_memory(labels, at::kLong) : labels),
          rows_(scores.size(0)),
          columns_(scores.dim() > 1 ? scores.size(1) : 1) {}

    FrameOutput output() const override {
        FrameOutput output;
        for (const Candidate& kept : detections(speaker_.sidecar.score_floor())) {
            output.detections.push_back(kept.detection);
        }
        return output;
    }

    FrameProposals proposals(double floor, cv::Size /*picture*/) const override {
        FrameProposals proposals;
        for (const Candidate& kept : detections(floor)) proposals.boxes.push_back(kept.detection);
        return proposals;
    }

    at::Tensor scores(double floor) const override {
        std::vector<std::int64_t> elements;
        for (const Candidate& kept : detections(floor)) elements.push_back(kept.element);
        return scores_.index_select(0, at::tensor(elements, at::kLong).to(scores_.device()));
    }

  private:
    /// The elements after non-maximum suppression with score > `floor`, best first.
    std::vector<Candidate> detections(double floor) const {
        const at::Tensor scores = in_memory(scores_, at::kFloat);
        const RawDetections raw{
            .boxes = boxes_.data_ptr<float>(),
            .scores = scores.data_ptr<float>(),
            .labels = labels_.defined() ? labels_.data_ptr<std::int64_t>() : nullptr,
            .rows = rows_,
            .columns = columns_};
        return suppress(candidates(raw, speaker_.sidecar, floor, speaker_.where),
                        speaker_.sidecar.nms_iou);
    }

    Speaker speaker_;
    at::Tensor boxes_;   ///< in main memory
    at::Tensor scores_;  ///< flat, on the DNN's device, with its graph
    at::Tensor labels_;  ///< in main memory, may be undefined
    std::int64_t rows_;
    std::int64_t columns_;
};

/// (boxes [B,N,4], scores [B,N,C]), before non-maximum suppression.
FrameAnswers read_boxes_scores(const c10::IValue& value, std::int64_t frames,
                               const Speaker& speaker) {
    if (!value.isTuple()) return {};
    const auto& elements = value.toTupleRef().elements();
    if (elements.size() != 2 || !elements[0].isTensor() || !elements[1].isTensor()) return {};
    const at::Tensor& boxes = elements[0].toTensor();
    const at::Tensor& scores = elements[1].toTensor();
    if (!has_shape(boxes, {frames, -1, 4}) || !has_shape(scores, {frames, boxes.size(1), -1}) ||
        !scores.is_floating_point()) {
        return {};
    }
    FrameAnswers answers;
    for (std::int64_t i = 0; i < frames; ++i) {
        answers.push_back(std::make_unique<Boxes>(boxes.select(0, i), scores.select(0, i),
                                                  at::Tensor(), speaker));
    }
    return answers;
}

std::unique_ptr<Boxes> read_dict(const c10::IValue& dict, const Speaker& speaker) {
    const at::Tensor boxes = dict_entry(dict, "boxes");
    if (!has_shape(boxes, {-1, 4})) return nullptr;
    const at::Tensor scores = dict_entry(dict, "scores");
    const at::Tensor labels = dict_entry(dict, "labels");
    if (!has_shape(scores, {boxes.size(0)}) || !has_shape(labels, {boxes.size(0)}) ||
        !scores.is_floating_point()) {
        return nullptr;
    }
    return std::make_unique<Boxes>(boxes, scores, labels, speaker);
}

/// A list of {boxes [N,4], labels [N], scores [N]}; scripted detectors return (losses, list).
FrameAnswers read_torchvision(const c10::IValue& value, std::int64_t frames,
                              const Speaker& speaker) {
    const c10::IValue& list = value.isTuple() && value.toTupleRef().elements().size() == 2
                                  ? value.toTupleRef().elements()[1]
                                  : value;
    if (!list.isList()) return {};
    const auto dicts = list.toListRef();
    if (static_cast<std::int64_t>(dicts.size()) != frames) return {};
    FrameAnswers answers;
    for (const c10::IValue& dict : dicts) {
        auto answer = read_dict(dict, speaker);
        if (!answer) return {};
        answers.push_back(std::move(answer));
    }
    return answers;
}

}  // namespace

OutputConvention boxes_scores_convention() {
    return {.name = "boxes_scores",
            .takes_list = false,
            .wanted = "a tuple (boxes [B,N,4], scores [B,N,C])",
            .read = read_boxes_scores};
}

OutputConvention torchvision_convention() {
    return {.name = "torchvision",
            .takes_list = true,
            .wanted =
                "a list, a frame each, of {boxes [N,4], labels [N], scores [N]}, or a tuple "
                "(losses, that list)",
            .read = read_torchvision};
}

}  // namespace oneadapt
