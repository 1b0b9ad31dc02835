#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "dnn/class_map.hpp"
#include "dnn_torch/output.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// A segmenter's answer: a score for each class at each pixel, before softmax.
class ClassMap final : public FrameAnswer {
  public:
    /// logits [C,h,w]
    ClassMap(const at::Tensor& logits, Speaker speaker)
        : speaker_(std::move(speaker)), logits_(logits) {
        if (!logits.isfinite().all().item<bool>()) {
            throw ModelError(speaker_.where, "yields class scores that are not finite",
                             "check the model for overflow and divisions by 0");
        }
        const int last = speaker_.sidecar.classes.rbegin()->first;
        if (last < logits.size(0) && last < FrameOutput::kNoClass) return;
        throw ModelError(speaker_.where,
                         fmt::format("scores {} classes, so that class {} of {} is not among them",
                                     logits.size(0), last, speaker_.sidecar.file.string()),
                         "correct the sidecar's classes");
    }

    FrameOutput output() const override {
        const at::Tensor best = in_memory(logits_.argmax(0), at::kByte);
        FrameOutput output;
        const cv::Mat all(static_cast<int>(best.size(0)), static_cast<int>(best.size(1)), CV_8U,
                          best.data_ptr<std::uint8_t>());
        output.classes = of_interest(all, speaker_.sidecar);
        return output;
    }

    FrameProposals proposals(double /*floor*/, cv::Size picture) const override {
        const at::Tensor unsure = margin().neg().add(1).unsqueeze(0).unsqueeze(0);
        const at::Tensor whole = at::upsample_nearest2d(unsure, {picture.height, picture.width});
        return {.boxes = {}, .uncertainty = tile_means(whole[0])};
    }

    at::Tensor scores(double floor) const override {
        const at::Tensor margins = margin().reshape({-1});
        return margins.masked_select(margins.detach().gt(floor));
    }

  private:
    /// By how much each pixel's most probable class leads over its second, [h,w].
    at::Tensor margin() const {
        const at::Tensor top = std::get<0>(logits_.softmax(0).topk(2, 0));
        return top[0].sub(top[1]);
    }

    Speaker speaker_;
    at::Tensor logits_;
};

/// logits [B,C,h,w], or torchvision's {"out": [B,C,h,w], ...}
FrameAnswers read_class_scores(const c10::IValue& value, std::int64_t frames,
                               const Speaker& speaker) {
    const at::Tensor logits = value.isTensor() ? value.toTensor() : dict_entry(value, "out");
    if (!has_shape(logits, {frames, -1, -1, -1}) || !logits.is_floating_point() ||
        logits.size(1) < 2) {
        return {};
    }
    FrameAnswers answers;
    for (std::int64_t i = 0; i < frames; ++i) {
        answers.push_back(std::make_unique<ClassMap>(logits.select(0, i), speaker));
    }
    return answers;
}

}  // namespace

OutputConvention class_scores_convention() {
    return {.name = "class_scores",
            .takes_list = false,
            .wanted =
                "a tensor [B,C,h,w] of a score for each class, before softmax, or a "
                "dictionary with it as 'out'",
            .read = read_class_scores};
}

}  // namespace oneadapt
