#include "trace/difference.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include <opencv2/imgproc.hpp>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

constexpr int kChannels = 3;
constexpr int kTileBytes = kTileSize * kChannels;

int tiles(int pixels) {
    return (pixels + kTileSize - 1) / kTileSize;
}

/// A tile's row is contiguous, and a loop of known length over it becomes a few vector
/// instructions.
std::int32_t distance(const std::uint8_t* a, const std::uint8_t* b, int count) {
    std::int32_t sum = 0;
    for (int i = 0; i < count; ++i) sum += std::abs(a[i] - b[i]);
    return sum;
}

/// Adds the distances of two RGB pictures to `sums`, one entry per tile.
void add_distances(const cv::Mat& a, const cv::Mat& b, std::vector<std::int64_t>& sums) {
    const int whole = a.cols / kTileSize;
    const int rest = (a.cols - whole * kTileSize) * kChannels;
    const int columns = tiles(a.cols);
    for (int y = 0; y < a.rows; ++y) {
        const std::uint8_t* in_a = a.ptr(y);
        const std::uint8_t* in_b = b.ptr(y);
        std::int64_t* out = sums.data() + static_cast<std::ptrdiff_t>(y / kTileSize) * columns;
        for (int tile = 0; tile < whole; ++tile, in_a += kTileBytes, in_b += kTileBytes) {
            out[tile] += distance(in_a, in_b, kTileBytes);
        }
        if (rest > 0) out[whole] += distance(in_a, in_b, rest);
    }
}

cv::Mat mean_map(const std::vector<std::int64_t>& sums, cv::Size size, std::size_t frames) {
    cv::Mat map(tiles(size.height), tiles(size.width), CV_32F);
    std::size_t tile = 0;
    for (int row = 0; row < map.rows; ++row) {
        const int height = std::min(kTileSize, size.height - row * kTileSize);
        for (int column = 0; column < map.cols; ++column, ++tile) {
            const int width = std::min(kTileSize, size.width - column * kTileSize);
            const double weight = 255.0 * width * height * static_cast<double>(frames);
            map.at<float>(row, column) =
                static_cast<float>(static_cast<double>(sums[tile]) / weight);
        }
    }
    return map;
}

}  // namespace

std::vector<cv::Mat> to_rgb(const std::vector<cv::Mat>& i420) {
    std::vector<cv::Mat> rgb(i420.size());
    for (std::size_t i = 0; i < i420.size(); ++i) {
        cv::cvtColor(i420[i], rgb[i], cv::COLOR_YUV2RGB_I420);
    }
    return rgb;
}

cv::Mat difference_map(const std::vector<cv::Mat>& source_rgb, const std::vector<cv::Mat>& decoded,
                       const std::vector<int>& kept) {
    CV_Assert(!kept.empty() && kept.front() == 0 && kept.size() == decoded.size());
    const cv::Size size = source_rgb.front().size();
    std::vector<std::int64_t> sums(
        static_cast<std::size_t>(tiles(size.height) * tiles(size.width)));
    cv::Mat shown;
    std::size_t next = 0;
    for (std::size_t frame = 0; frame < source_rgb.size(); ++frame) {
        if (next < kept.size() && static_cast<std::size_t>(kept[next]) == frame) {
            cv::cvtColor(decoded[next], shown, cv::COLOR_YUV2RGB_I420);
            ++next;
        }
        CV_Assert(shown.size() == source_rgb[frame].size());
        add_distances(source_rgb[frame], shown, sums);
    }
    return mean_map(sums, size, source_rgb.size());
}

}  // namespace oneadapt
