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

const char* const kAnytimeModel = R"(
def answer(self, tiles) -> Tuple[Tensor, Tensor]:
    h = tiles.size(2)
    w = tiles.size(3)
    i = torch.arange(h * w)
    left = (i % w) * 16
    top = torch.floor_divide(i, w) * 16
    boxes = torch.stack([left, top, left + 16, top + 16], 1).to(tiles.dtype)
    means = tiles.reshape([tiles.size(0), h * w, 1])
    return (boxes.unsqueeze(0).expand([tiles.size(0), h * w, 4]),
            torch.cat([means, torch.zeros_like(means)], 2))

def stage(self, k: int, state: List[Tensor]) -> Tuple[List[Tensor], Tuple[Tensor, Tensor]]:
    if k == 1:
        third = torch.conv2d(state[0], torch.full([1, 3, 16, 16], 1.0 / 2304.0), stride=[16, 16])
        return [third, third], self.answer(third)
    sum = state[1] + torch.conv2d(state[0], torch.ones([1, 1, 1, 1]))
    return [state[0], sum], self.answer(sum)

def forward(self, x):
    state, output = self.stage(1, [x])
    state, output = self.stage(2, state)
    state, output = self.stage(3, state)
    return output
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
