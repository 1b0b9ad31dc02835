#include "dnn_torch/torchvision_ops.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

// clang cannot read ATen.h as C++20 unless this came before it
#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "dnn/detect.hpp"

namespace oneadapt {
namespace {

/// Indices of the boxes [N,4] that survive, best score first, as torchvision's operator.
at::Tensor nms(const at::Tensor& boxes, const at::Tensor& scores, double iou) {
    const at::Tensor box = boxes.detach().to(at::kCPU, at::kFloat).contiguous();
    const at::Tensor score = scores.detach().to(at::kCPU, at::kFloat).contiguous();
    std::vector<Candidate> all;
    for (std::int64_t i = 0; i < score.size(0); ++i) {
        const float* side = box.data_ptr<float>() + 4 * i;
        all.push_back({{.x1 = side[0],
                        .y1 = side[1],
                        .x2 = side[2],
                        .y2 = side[3],
                        .score = score.data_ptr<float>()[i]},
                       i});
    }
    std::vector<std::int64_t> kept;
    for (const Candidate& candidate : suppress(std::move(all), iou)) {
        kept.push_back(candidate.element);
    }
    return at::tensor(kept, at::kLong).to(boxes.device());
}

/// Where the samples of every region lie along one axis: [K, bins * ratio].
at::Tensor sample_places(const at::Tensor& start, const at::Tensor& length, std::int64_t bins,
                         std::int64_t ratio) {
    const std::int64_t samples = bins * ratio;
    const at::Tensor step = at::arange(samples, start.options()).add(0.5).div(samples);
    return start.unsqueeze(1) + length.unsqueeze(1) * step.unsqueeze(0);
}

/// Pixel places as grid_sampler wants them, from -1 at the first pixel to 1 at the last.
at::Tensor grid_axis(const at::Tensor& places, std::int64_t pixels) {
    return places.clamp(0, pixels - 1) *
               (2.0 / static_cast<double>(std::max<std::int64_t>(pixels - 1, 1))) -
           1.0;
}

/// 1 where a sample counts, 0 where it lies more than a pixel outside.
at::Tensor inside(const at::Tensor& places, std::int64_t pixels) {
    return places.ge(-1.0).logical_and(places.le(pixels)).to(at::kFloat);
}

/// The regions of one image: features [1,C,H,W], regions [K,4] -> [K,C,bins_y,bins_x].
at::Tensor align_regions(const at::Tensor& features, const at::Tensor& regions, std::int64_t bins_y,
                         std::int64_t bins_x, std::int64_t ratio, bool aligned) {
    const std::int64_t count = regions.size(0);
    const auto side = [&](std::int64_t i) { return regions.select(1, i); };
    // Without `aligned` torchvision makes regions at least a pixel wide and high.
    const auto length = [&](std::int64_t i) {
        const at::Tensor raw = side(i + 2) - side(i);
        return aligned ? raw : raw.clamp_min(1.0);
    };
    const at::Tensor x = sample_places(side(0), length(0), bins_x, ratio);
    const at::Tensor y = sample_places(side(1), length(1), bins_y, ratio);
    const std::int64_t across = x.size(1);
    const std::int64_t down = y.size(1);
    const at::Tensor grid =
        at::stack({grid_axis(x, features.size(3)).unsqueeze(1).expand({count, down, across}),
                   grid_axis(y, features.size(2)).unsqueeze(2).expand({count, down, across})},
                  -1);
    constexpr std::int64_t kBilinear = 0;
    constexpr std::int64_t kBorder = 1;
    const at::Tensor sampled = at::grid_sampler(
        features, grid.reshape({1, count * down, across, 2}), kBilinear, kBorder, true);
    const at::Tensor counted =
        inside(y, features.size(2)).unsqueeze(2) * inside(x, features.size(3)).unsqueeze(1);
    const at::Tensor values =
        sampled.reshape({features.size(1), count, down, across}) * counted.unsqueeze(0);
    return at::avg_pool2d(values, {ratio, ratio}, {ratio, ratio}).transpose(0, 1);
}

at::Tensor roi_align(const at::Tensor& input, const at::Tensor& rois, double spatial_scale,
                     std::int64_t pooled_height, std::int64_t pooled_width,
                     std::int64_t sampling_ratio, bool aligned) {
    TORCH_CHECK(sampling_ratio > 0, "roi_align with an adaptive sampling_ratio is not supported");
    const at::Tensor fixed = rois.detach();
    const at::Tensor regions = fixed.slice(1, 1, 5) * spatial_scale - (aligned ? 0.5 : 0.0);
    std::vector<at::Tensor> parts;
    std::vector<at::Tensor> places;
    for (std::int64_t image = 0; image < input.size(0); ++image) {
        const at::Tensor mine = fixed.select(1, 0).eq(image).nonzero().flatten();
        if (mine.size(0) == 0) continue;
        parts.push_back(align_regions(input.narrow(0, image, 1), regions.index_select(0, mine),
                                      pooled_height, pooled_width, sampling_ratio, aligned));
        places.push_back(mine);
    }
    if (parts.empty()) {
        return input.new_zeros({0, input.size(1), pooled_height, pooled_width});
    }
    return at::cat(parts).index_select(0, at::cat(places).argsort());
}

/// Newer detectors name it in a branch that upright boxes never take, but that must compile.
at::Tensor box_iou_rotated(const at::Tensor& /*left*/, const at::Tensor& /*right*/) {
    TORCH_CHECK(false, "rotated boxes are not supported");
}

bool known(const char* name) {
    return c10::Dispatcher::singleton().findSchema({name, ""}).has_value();
}

}  // namespace

void register_torchvision_ops() {
    static std::once_flag once;
    std::call_once(once, [] {
        static torch::Library library(torch::Library::FRAGMENT, "torchvision", {}, __FILE__,
                                      __LINE__);
        const auto define = [](const char* name, const char* arguments, auto function) {
            if (known(name)) return;
            library.def((std::string(name) + arguments + " -> Tensor").c_str(), function);
        };
        define("torchvision::nms", "(Tensor dets, Tensor scores, float iou_threshold)", &nms);
        define("torchvision::roi_align",
               "(Tensor input, Tensor rois, float spatial_scale, int pooled_height, "
               "int pooled_width, int sampling_ratio, bool aligned)",
               &roi_align);
        define("torchvision::box_iou_rotated", "(Tensor boxes1, Tensor boxes2)", &box_iou_rotated);
    });
}

}  // namespace oneadapt
