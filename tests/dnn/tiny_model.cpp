#include "dnn/tiny_model.hpp"

// clang cannot read ATen.h as C++20 unless this came before it
#include <ATen/core/ivalue.h>

#include <torch/script.h>

namespace oneadapt::test {

const char* const kTileMeanModel = R"(
def forward(self, x):
    tiles = torch.avg_pool2d(x, [16, 16]).mean([1])
    h = tiles.size(1)
    w = tiles.size(2)
    i = torch.arange(h * w)
    left = (i % w) * 16
    top = torch.floor_divide(i, w) * 16
    boxes = torch.stack([left, top, left + 16, top + 16], 1).to(x.dtype)
    means = tiles.reshape([x.size(0), h * w, 1])
    return (boxes.unsqueeze(0).expand([x.size(0), h * w, 4]),
            torch.cat([means, torch.zeros_like(means)], 2))
)";

void save_module(const std::filesystem::path& file, const std::string& source) {
    torch::jit::Module module("tiny");
    module.define(source);
    module.save(file.string());
}

Sidecar tile_mean_sidecar() {
    Sidecar sidecar;
    sidecar.file = "tiny.json";
    sidecar.task = "detect";
    sidecar.input_kind = "video";
    sidecar.size_multiple = 16;
    sidecar.output = "boxes_scores";
    sidecar.classes = {{0, "thing"}};
    sidecar.score_threshold = 0.5;
    sidecar.nms_iou = 0.45;
    return sidecar;
}

}  // namespace oneadapt::test
