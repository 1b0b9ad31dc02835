#include "dnn_torch/output.hpp"

#include <algorithm>
#include <stdexcept>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

const std::vector<OutputConvention>& convention_table() {
    static const std::vector<OutputConvention> table = {
        boxes_scores_convention(), torchvision_convention(), class_scores_convention(),
        ctc_convention()};
    return table;
}

template <class Range, class Text>
std::string describe_all(const Range& range, const Text& text) {
    std::vector<std::string> parts;
    for (const auto& item : range) parts.push_back(text(item));
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

const OutputConvention& find_convention(const std::string& name) {
    const auto& table = convention_table();
    const auto found = std::ranges::find(table, name, &OutputConvention::name);
    if (found == table.end()) throw std::logic_error("no output convention " + name);
    return *found;
}

bool has_shape(const at::Tensor& tensor, std::initializer_list<std::int64_t> shape) {
    const auto same = [](std::int64_t is, std::int64_t wanted) {
        return wanted < 0 || is == wanted;
    };
    return tensor.defined() && std::ranges::equal(tensor.sizes(), shape, same);
}

cv::Mat tile_means(const at::Tensor& map) {
    const at::Tensor means =
        in_memory(at::avg_pool2d(map, {kTileSize, kTileSize}, {kTileSize, kTileSize}, {0, 0},
                                 /*ceil_mode=*/true, /*count_include_pad=*/false)
                      .squeeze(0),
                  at::kFloat);
    return cv::Mat(static_cast<int>(means.size(0)), static_cast<int>(means.size(1)), CV_32F,
                   means.data_ptr<float>())
        .clone();
}

at::Tensor in_memory(const at::Tensor& tensor, at::ScalarType type) {
    return tensor.detach().to(at::kCPU, type).contiguous();
}

at::Tensor dict_entry(const c10::IValue& dict, const char* key) {
    if (!dict.isGenericDict()) return {};
    const auto entries = dict.toGenericDict();
    const auto found = entries.find(key);
    return found == entries.end() || !found->value().isTensor() ? at::Tensor()
                                                                : found->value().toTensor();
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
