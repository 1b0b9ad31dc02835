#include "measure/difference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <type_traits>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

int tiles(int pixels) {
    return (pixels + kTileSize - 1) / kTileSize;
}

/// Sums of distances, one entry per tile, row by row.
template <class Value>
class TileSums {
  public:
    using Sum = std::conditional_t<std::is_integral_v<Value>, std::int64_t, double>;

    TileSums(cv::Size size, int channels)
        : size_(size),
          channels_(channels),
          sums_(static_cast<std::size_t>(tiles(size.height) * tiles(size.width))) {}

    void add(const cv::Mat& a, const cv::Mat& b) {
        switch (channels_) {
            case 1:
                return add<1>(a, b);
            case 3:
                return add<3>(a, b);
            default:
                throw std::logic_error("pictures of other than 1 or 3 channels");
        }
    }

    /// The mean of each tile over its pixels and `frames` pictures.
    cv::Mat mean(std::size_t frames) const {
        const double one = std::is_integral_v<Value> ? 255.0 : 1.0;
        cv::Mat map(tiles(size_.height), tiles(size_.width), CV_32F);
        std::size_t tile = 0;
        for (int row = 0; row < map.rows; ++row) {
            const int height = std::min(kTileSize, size_.height - row * kTileSize);
            for (int column = 0; column < map.cols; ++column, ++tile) {
                const int width = std::min(kTileSize, size_.width - column * kTileSize);
                const double weight = one * width * height * static_cast<double>(frames);
                map.at<float>(row, column) =
                    static_cast<float>(static_cast<double>(sums_[tile]) / weight);
            }
        }
        return map;
    }

  private:
    /// A tile's row is contiguous, and a loop of known length over it becomes a few vector
    /// instructions.
    static Sum distance(const Value* a, const Value* b, int count) {
        std::conditional_t<std::is_integral_v<Value>, std::int32_t, double> sum = 0;
        for (int i = 0; i < count; ++i) sum += std::abs(a[i] - b[i]);
        return sum;
    }

    template <int kChannels>
    void add(const cv::Mat& a, const cv::Mat& b) {
        constexpr int kLength = kTileSize * kChannels;
        const int whole = a.cols / kTileSize;
        const int rest = (a.cols - whole * kTileSize) * kChannels;
        const int columns = tiles(a.cols);
        for (int y = 0; y < a.rows; ++y) {
            const auto* in_a = a.ptr<Value>(y);
            const auto* in_b = b.ptr<Value>(y);
            Sum* out = sums_.data() + static_cast<std::ptrdiff_t>(y / kTileSize) * columns;
            for (int tile = 0; tile < whole; ++tile, in_a += kLength, in_b += kLength) {
                out[tile] += distance(in_a, in_b, kLength);
            }
            if (rest > 0) out[whole] += distance(in_a, in_b, rest);
        }
    }

    cv::Size size_;
    int channels_;
    std::vector<Sum> sums_;
};

template <class Value>
cv::Mat mean_difference(const std::vector<cv::Mat>& source, const std::vector<cv::Mat>& decoded,
                        const std::vector<int>& kept) {
    TileSums<Value> sums(source.front().size(), source.front().channels());
    cv::Mat shown;
    std::size_t next = 0;
    for (std::size_t frame = 0; frame < source.size(); ++frame) {
        if (next < kept.size() && static_cast<std::size_t>(kept[next]) == frame) {
            shown = decoded[next];
            ++next;
        }
        CV_Assert(shown.size() == source[frame].size() && shown.type() == source[frame].type());
        sums.add(source[frame], shown);
    }
    return sums.mean(source.size());
}

}  // namespace

cv::Mat difference_map(const std::vector<cv::Mat>& source, const std::vector<cv::Mat>& decoded,
                       const std::vector<int>& kept) {
    CV_Assert(!kept.empty() && kept.front() == 0 && kept.size() == decoded.size());
    return source.front().depth() == CV_8U ? mean_difference<std::uint8_t>(source, decoded, kept)
                                           : mean_difference<float>(source, decoded, kept);
}

}  // namespace oneadapt
