#include "measure/picture_means.hpp"

#include <algorithm>
#include <cstddef>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

double mean_of_channels(const cv::Mat& picture) {
    const cv::Scalar sums = cv::mean(picture);
    double sum = 0;
    for (int channel = 0; channel < picture.channels(); ++channel) sum += sums[channel];
    return sum / picture.channels() / (picture.depth() == CV_8U ? 255.0 : 1.0);
}

}  // namespace

void PictureMeans::key(Hasher& hasher, const Lab& lab) const {
    hasher.add(lab.instruments().input.identity);
}

Means PictureMeans::measure(Lab& lab) const {
    const std::vector<cv::Mat>& pictures = lab.source();
    const cv::Size size = pictures.front().size();
    Means means;
    means.tiles = cv::Mat::zeros((size.height + kTileSize - 1) / kTileSize,
                                 (size.width + kTileSize - 1) / kTileSize, CV_32F);
    for (const cv::Mat& picture : pictures) {
        for (int row = 0; row < means.tiles.rows; ++row) {
            for (int column = 0; column < means.tiles.cols; ++column) {
                const cv::Rect tile =
                    cv::Rect({}, size) &
                    cv::Rect(column * kTileSize, row * kTileSize, kTileSize, kTileSize);
                means.tiles.at<float>(row, column) += static_cast<float>(
                    mean_of_channels(picture(tile)) / static_cast<double>(pictures.size()));
            }
        }
        means.gflop += 1e-9 * size.area() * picture.channels();
    }
    return means;
}

Bytes to_bytes(const Means& means) {
    return FieldWriter().put(means.gflop).put(means.tiles).finish();
}

void from_bytes(std::span<const std::byte> bytes, Means& means) {
    FieldReader in(bytes);
    means.gflop = in.get<double>();
    means.tiles = in.get_map(CV_32F);
    in.finish();
}

}  // namespace oneadapt
