#include "measure/tile_map.hpp"

#include <utility>

namespace oneadapt {

TileMap::TileMap(cv::Mat tiles)
    : size_(tiles.size()), tiles_(std::make_shared<const cv::Mat>(std::move(tiles))) {}

const cv::Mat& TileMap::tiles() const {
    static const cv::Mat none;
    return tiles_ ? *tiles_.get() : none;
}

void TileMap::sign(const Hash128& name, std::shared_ptr<Digest> digest) {
    name_ = name;
    digest_ = std::move(digest);
}

template <class Make>
double TileMap::once(const char* what, const TileMap* other, const Make& make) const {
    if (!digest_ || (other != nullptr && !other->digest_)) return make();
    Hasher hasher;
    hasher.add(Digest::kVersion).add(std::string_view(what)).add(name_);
    if (other != nullptr) hasher.add(other->name_);
    return digest_->get(hasher.finish(), [&] { return std::vector<double>{make()}; }).front();
}

double TileMap::mean() const {
    return once("mean", nullptr, [&] { return cv::mean(tiles())[0]; });
}

double TileMap::mean_product(const TileMap& other) const {
    return once("mean product", &other, [&] { return cv::mean(tiles().mul(other.tiles()))[0]; });
}

double TileMap::largest_distance(const TileMap& other) const {
    return once("distance", &other, [&] { return cv::norm(tiles(), other.tiles(), cv::NORM_INF); });
}

}  // namespace oneadapt
