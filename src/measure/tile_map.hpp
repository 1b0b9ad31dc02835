#pragma once

#include <memory>

#include <opencv2/core.hpp>

#include "measure/later.hpp"
#include "trace/digest.hpp"

namespace oneadapt {

/// A number for each tile of a frame: CV_32F, ceil(height/16) x ceil(width/16). That of a
/// measurement stays in the trace until somebody looks at it, and its sums are worked out once.
class TileMap {
  public:
    TileMap() = default;
    TileMap(cv::Mat tiles);
    TileMap(cv::Size size, Later<cv::Mat> tiles) : size_(size), tiles_(std::move(tiles)) {}

    const cv::Mat& tiles() const;
    cv::Size size() const { return size_; }

    /// Says what it is of, all that it depends on, and where its sums are kept.
    void sign(const Hash128& name, std::shared_ptr<Digest> digest);

    /// Mean over the tiles; of the product with another map of the same segment.
    double mean() const;
    double mean_product(const TileMap& other) const;
    /// The largest distance of two tiles in the same place of two maps of the same segment.
    double largest_distance(const TileMap& other) const;

  private:
    template <class Make>
    double once(const char* what, const TileMap* other, const Make& make) const;

    cv::Size size_;
    Later<cv::Mat> tiles_;
    Hash128 name_;
    std::shared_ptr<Digest> digest_;
};

/// The tiles of a map that is part of something read when somebody looks at it.
template <class Whole>
Later<cv::Mat> tiles_of(const Later<Whole>& whole, TileMap Whole::*map) {
    return Later<cv::Mat>(*whole.name(), {}, [whole, map] {
        return std::make_shared<const cv::Mat>((*whole.get().*map).tiles());
    });
}

}  // namespace oneadapt
