#include "dnn/torch_output.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace oneadapt {
namespace {

using Answers = std::vector<FrameAnswer>;

at::Tensor in_memory(const at::Tensor& tensor, at::ScalarType type) {
    return tensor.detach().to(at::kCPU, type).contiguous();
}

bool has_shape(const at::Tensor& tensor, std::initializer_list<std::int64_t> shape) {
    const auto same = [](std::int64_t is, std::int64_t wanted) {
        return wanted < 0 || is == wanted;
    };
    return tensor.defined() && std::ranges::equal(tensor.sizes(), shape, same);
}

/// (boxes [B,N,4], scores [B,N,C]), before non-maximum suppression.
Answers read_boxes_scores(const c10::IValue& value, std::int64_t frames) {
    if (!value.isTuple()) return {};
    const auto& elements = value.toTupleRef().elements();
    if (elements.size() != 2 || !elements[0].isTensor() || !elements[1].isTensor()) return {};
    const at::Tensor& boxes = elements[0].toTensor();
    const at::Tensor& scores = elements[1].toTensor();
    if (!has_shape(boxes, {frames, -1, 4}) || !has_shape(scores, {frames, boxes.size(1), -1}) ||
        !scores.is_floating_point()) {
        return {};
    }
    Answers answers;
    for (std::int64_t i = 0; i < frames; ++i) {
        answers.emplace_back(boxes.select(0, i), scores.select(0, i), at::Tensor());
    }
    return answers;
}

at::Tensor entry(const c10::IValue& dict, const char* key) {
    if (!dict.isGenericDict()) return {};
    const auto entries = dict.toGenericDict();
    const auto found = entries.find(key);
    return found == entries.end() || !found->value().isTensor() ? at::Tensor()
                                                                : found->value().toTensor();
}

std::optional<FrameAnswer> read_dict(const c10::IValue& dict) {
    const at::Tensor boxes = entry(dict, "boxes");
    if (!has_shape(boxes, {-1, 4})) return std::nullopt;
    const at::Tensor scores = entry(dict, "scores");
    const at::Tensor labels = entry(dict, "labels");
    if (!has_shape(scores, {boxes.size(0)}) || !has_shape(labels, {boxes.size(0)}) ||
        !scores.is_floating_point()) {
        return std::nullopt;
    }
    return FrameAnswer(boxes, scores, labels);
}

/// A list of {boxes [N,4], labels [N], scores [N]}; scripted detectors return (losses, list).
Answers read_torchvision(const c10::IValue& value, std::int64_t frames) {
    const c10::IValue& list = value.isTuple() && value.toTupleRef().elements().size() == 2
                                  ? value.toTupleRef().elements()[1]
                                  : value;
    if (!list.isList()) return {};
    const auto dicts = list.toListRef();
    if (static_cast<std::int64_t>(dicts.size()) != frames) return {};
    Answers answers;
    for (const c10::IValue& dict : dicts) {
        auto answer = read_dict(dict);
        if (!answer) return {};
        answers.push_back(std::move(*answer));
    }
    return answers;
}

const std::vector<OutputConvention>& convention_table() {
    static const std::vector<OutputConvention> table = {
        {.name = "boxes_scores",
         .takes_list = false,
         .wanted = "a tuple (boxes [B,N,4], scores [B,N,C])",
         .read = read_boxes_scores},
        {.name = "torchvision",
         .takes_list = true,
         .wanted = "a list, a frame each, of {boxes [N,4], labels [N], scores [N]}, or a tuple "
                   "(losses, that list)",
         .read = read_torchvision},
    };
    return table;
}

template <class Range, class Text>
std::string describe_all(const Range& range, const Text& text) {
    std::vector<std::string> parts;
    for (const auto& item : range) parts.push_back(text(item));
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

FrameAnswer::FrameAnswer(const at::Tensor& boxes, const at::Tensor& scores,
                         const at::Tensor& labels)
    : boxes_(in_memory(boxes, at::kFloat)),
      scores_(scores.reshape({-1})),
      labels_(labels.defined() ? in_memory(labels, at::kLong) : labels),
      rows_(scores.size(0)),
      columns_(scores.dim() > 1 ? scores.size(1) : 1) {}

std::vector<Candidate> FrameAnswer::detections(const Sidecar& sidecar, double floor,
                                               const std::string& where) const {
    const at::Tensor scores = in_memory(scores_, at::kFloat);
    const RawDetections raw{
        .boxes = boxes_.data_ptr<float>(),
        .scores = scores.data_ptr<float>(),
        .labels = labels_.defined() ? labels_.data_ptr<std::int64_t>() : nullptr,
        .rows = rows_,
        .columns = columns_};
    return suppress(candidates(raw, sidecar, floor, where), sidecar.nms_iou);
}

const OutputConvention& find_convention(const std::string& name) {
    const auto& table = convention_table();
    const auto found = std::ranges::find(table, name, &OutputConvention::name);
    if (found == table.end()) throw std::logic_error("no output convention " + name);
    return *found;
}

std::string describe(const c10::IValue& value) {
    if (value.isTensor()) {
        return fmt::format("Tensor[{}]", fmt::join(value.toTensor().sizes(), ","));
    }
    if (value.isTuple()) {
        return fmt::format("({})", describe_all(value.toTupleRef().elements(), describe));
    }
    if (value.isList()) return fmt::format("[{}]", describe_all(value.toListRef(), describe));
    if (value.isGenericDict()) {
        return fmt::format("{{{}}}", describe_all(value.toGenericDict(), [](const auto& item) {
                               const c10::IValue& key = item.key();
                               return (key.isString() ? key.toStringRef() : key.tagKind()) + ": " +
                                      describe(item.value());
                           }));
    }
    return value.tagKind();
}

}  // namespace oneadapt
