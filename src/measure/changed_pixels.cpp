#include "measure/changed_pixels.hpp"

#include <algorithm>
#include <cstddef>

#include <opencv2/imgproc.hpp>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

constexpr int kChangedLuma = 30;
constexpr double kOperations = 3;  ///< a pixel: subtract, compare, count

cv::Mat shares_of_tiles(const cv::Mat& changed) {
    const cv::Size tiles((changed.cols + kTileSize - 1) / kTileSize,
                         (changed.rows + kTileSize - 1) / kTileSize);
    cv::Mat shares(tiles, CV_32F);
    for (int row = 0; row < tiles.height; ++row) {
        for (int column = 0; column < tiles.width; ++column) {
            const cv::Rect tile =
                cv::Rect({}, changed.size()) &
                cv::Rect(column * kTileSize, row * kTileSize, kTileSize, kTileSize);
            shares.at<float>(row, column) = static_cast<float>(cv::countNonZero(changed(tile))) /
                                            static_cast<float>(tile.area());
        }
    }
    return shares;
}

}  // namespace

void ChangedPixels::key(Hasher& hasher, const Lab& /*lab*/) const {
    hasher.add(from).add(to).add(by_tile);
}

PixelChange ChangedPixels::measure(Lab& lab) const {
    const Segment& segment = lab.media();
    const auto luma = [&](int frame) {
        return segment.frames.at(static_cast<std::size_t>(frame)).rowRange(0, segment.size.height);
    };
    cv::Mat changed;
    cv::absdiff(luma(from), luma(to), changed);
    cv::threshold(changed, changed, kChangedLuma, 255, cv::THRESH_BINARY);
    PixelChange change;
    change.gflop = 1e-9 * kOperations * segment.size.area();
    change.share = static_cast<double>(cv::countNonZero(changed)) / segment.size.area();
    if (by_tile) change.tiles = shares_of_tiles(changed);
    return change;
}

Bytes to_bytes(const PixelChange& change) {
    return FieldWriter().put(change.gflop).put(change.share).put(change.tiles).finish();
}

void from_bytes(std::span<const std::byte> bytes, PixelChange& change) {
    FieldReader in(bytes);
    change.gflop = in.get<double>();
    change.share = in.get<double>();
    change.tiles = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
