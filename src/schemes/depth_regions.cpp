#include "schemes/depth_regions.hpp"

#include <algorithm>

#include "measure/picture_means.hpp"
#include "schemes/importance.hpp"
#include "schemes/profiling.hpp"

// A rule of this project, for gradient schemes to be held against on depth pictures: what is near
// is encoded finer than what is far, whatever a DNN says. Regions are ranked by their mean depth
// over the segment, in the steps that depth is coded in; the share that is spent is 1/(1 +
// weight/4).

namespace oneadapt {

std::vector<double> nearness(const cv::Mat& depth) {
    std::vector<float> sorted(depth.begin<float>(), depth.end<float>());
    std::ranges::sort(sorted);
    std::vector<double> near;
    for (auto tile = depth.begin<float>(); tile != depth.end<float>(); ++tile) {
        const auto nearer = std::ranges::lower_bound(sorted, *tile) - sorted.begin();
        const auto farther = sorted.end() - std::ranges::upper_bound(sorted, *tile);
        const auto others = static_cast<double>(nearer + farther);
        near.push_back(others > 0 ? static_cast<double>(farther) / others : 1.0);
    }
    return near;
}

namespace {

class DepthRegions final : public ConfigurationScheme {
  public:
    explicit DepthRegions(const SchemeSetting& setting)
        : regions_(setting.regions), share_(target_of_weight(setting.goal.price())) {}

  private:
    Configuration decide(Testbed& testbed) override {
        Camera& camera = testbed.camera();
        const auto looked = camera.compute(PictureMeans{}, testbed.segment().frames - 1);
        const std::vector<double> near = nearness(camera.read(looked).tiles);
        Configuration how = testbed.space().reference();
        for (const Knob& knob : testbed.space().knobs()) {
            if (!find_knob(knob.name).regional()) continue;
            std::vector<double> values(static_cast<std::size_t>(regions_.size.area()));
            for (std::size_t tile = 0; tile < near.size(); ++tile) {
                const auto region = static_cast<std::size_t>(
                    regions_.of_tile.at<int>(static_cast<int>(tile) / regions_.of_tile.cols,
                                             static_cast<int>(tile) % regions_.of_tile.cols));
                const std::size_t place = place_by_importance(near[tile], share_, knob.size());
                values[region] = knob.values[place].number();
            }
            how.set_regions(knob.name, std::move(values));
        }
        return how;
    }

    const RegionGrid& regions_;
    double share_;
};

}  // namespace

SchemeKind depth_regions() {
    return {.name = "depth-regions",
            .summary = "regions of a depth picture the finer the nearer",
            .paper = "this project",
            .needs = {.regions = true, .media = {"depth"}},
            .by_default = false,
            .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
                return std::make_unique<DepthRegions>(setting);
            }};
}

}  // namespace oneadapt
