#include "schemes/accmpeg.hpp"

#include <opencv2/imgproc.hpp>

#include "schemes/region_masks.hpp"

// AccMPEG (Du et al., MLSys'22). Published: before it encodes, the camera runs a cheap network that
// was trained offline on gradients of the DNN; macroblocks that it puts above a bound, grown and
// cleaned, get the high quality, all others the low one; the server does nothing beside inference.
// The network looks at the first and the last frame of a segment, and one map serves all its
// frames. Its work is the camera's. A row for each configuration as the low quality; the high one
// is the reference. The network comes with the model (datasets/models/README.md).
//
// OneAdapt's authors run it on every frame, take the mean above 0.15 and neither grow nor clean;
// `--set accmpeg.variant=oneadapt-paper` does so. They charge it 0.16 of an encode a frame; here it
// costs its GFLOP.

namespace oneadapt {
namespace {

class AccMpeg final : public Scheme {
  public:
    explicit AccMpeg(const SchemeSetting& setting)
        : low_(setting.fixed),
          space_(setting.space),
          authors_(!setting.parameters.published()),
          bound_(setting.parameters.number(authors_ ? "mean-bound" : "bound")),
          grow_(authors_ ? 1 : setting.parameters.whole("grow")) {}

    Delivery play(Testbed& testbed) override {
        const cv::Mat tiles = important_tiles(importance(testbed), bound_, grow_, !authors_);
        const cv::Mat& of_tile = testbed.regions().of_tile;
        RegionMask mask = no_regions(testbed.regions());
        for (int row = 0; row < tiles.rows; ++row) {
            for (int column = 0; column < tiles.cols; ++column) {
                if (tiles.at<std::uint8_t>(row, column) == 0) continue;
                mask.at(static_cast<std::size_t>(of_tile.at<int>(row, column))) = true;
            }
        }
        const Played played =
            play_configuration(testbed, with_regions(space_, low_, space_.reference(), mask));
        return Delivery::of(played.output, low_);  // the row's, as `dds` calls it
    }

  private:
    /// The mean over the frames that the network looks at.
    cv::Mat importance(Testbed& testbed) const {
        Camera& camera = testbed.camera();
        const int last = testbed.segment().frames - 1;
        const int step = authors_ || last == 0 ? 1 : last;
        cv::Mat sum;
        int looked = 0;
        for (int frame = 0; frame <= last; frame += step, ++looked) {
            const cv::Mat& tiles = camera.read(camera.importance(frame)).tiles;
            sum = sum.empty() ? tiles.clone() : cv::Mat(sum + tiles);
        }
        return sum / looked;
    }

    Configuration low_;
    const KnobSpace& space_;
    bool authors_;
    double bound_;
    int grow_;
};

}  // namespace

cv::Mat important_tiles(const cv::Mat& map, double bound, int grow, bool clean) {
    cv::Mat tiles = map > bound;
    const auto square = [](int side) {
        return cv::getStructuringElement(cv::MORPH_RECT, {side, side});
    };
    if (grow > 1) cv::dilate(tiles, tiles, square(grow));
    if (clean) {
        cv::morphologyEx(tiles, tiles, cv::MORPH_OPEN, square(3));
        cv::morphologyEx(tiles, tiles, cv::MORPH_CLOSE, square(3));
    }
    return tiles;
}

SchemeKind accmpeg() {
    return {
        .name = "accmpeg",
        .summary =
            "a cheap network on the camera says which macroblocks matter; a row for each low "
            "quality",
        .paper = "AccMPEG, MLSys'22",
        .claim = "10 to 43 % less delay",
        .needs = {.regions = true, .auxiliary = "importance"},
        .by_default = false,
        .parameters =
            {variant_parameter(),
             {"bound", 0.2, "published: importance above which a macroblock matters", 0, 1, {}},
             {"grow", 1.0, "published: side of the square that what matters grows by", 1, 99, {}},
             {"mean-bound", 0.15, "oneadapt-paper: bound of the mean of all frames", 0, 1, {}}},
        .cells = cell_per_configuration,
        .create = [](const SchemeSetting& setting) -> std::unique_ptr<Scheme> {
            return std::make_unique<AccMpeg>(setting);
        }};
}

}  // namespace oneadapt
