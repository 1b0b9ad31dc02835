#include "measure/passes.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <stdexcept>

#include "dnn/model.hpp"

namespace oneadapt {
namespace {

/// `under` with the tiles of `over` that belong to the regions `only`.
cv::Mat with_tiles(const cv::Mat& under, const cv::Mat& over, const RegionMask& only,
                   const cv::Mat& of_tile) {
    CV_Assert(under.size() == over.size() && under.type() == over.type());
    const cv::Rect all({}, under.size());
    cv::Mat picture = under.clone();
    for (int row = 0; row < of_tile.rows; ++row) {
        for (int column = 0; column < of_tile.cols; ++column) {
            if (!only.at(static_cast<std::size_t>(of_tile.at<int>(row, column)))) continue;
            const cv::Rect tile =
                all & cv::Rect(column * kTileSize, row * kTileSize, kTileSize, kTileSize);
            over(tile).copyTo(picture(tile));
        }
    }
    return picture;
}

}  // namespace

Segment offered(const Segment& segment, const EncodePlan& plan, const InputSpace& input) {
    if (plan.whole()) return segment;
    Segment part = segment;
    if (!plan.frames.empty()) {
        if (std::ranges::adjacent_find(plan.frames, std::greater_equal<>()) != plan.frames.end() ||
            plan.frames.front() < 0 || plan.frames.back() >= segment.info.frames) {
            throw std::logic_error("a plan of frames that the segment has not, or not in order");
        }
        part.frames.clear();
        part.info.times.clear();
        for (const int frame : plan.frames) {
            const auto place = static_cast<std::size_t>(frame);
            part.frames.push_back(segment.frames.at(place));
            if (!segment.info.times.empty()) {
                part.info.times.push_back(segment.info.times.at(place));
            }
        }
        part.info.frames = static_cast<int>(part.frames.size());
        part.info.duration = {part.info.frames / segment.fps};
    }
    if (plan.only) {
        for (cv::Mat& frame : part.frames) frame = input.only(frame, *plan.only);
    }
    return part;
}

std::vector<int> places(const std::vector<int>& frames, const EncodePlan& plan) {
    if (plan.frames.empty()) return frames;
    std::vector<int> found;
    found.reserve(frames.size());
    for (const int frame : frames) {
        const auto at = std::ranges::lower_bound(plan.frames, frame);
        found.push_back(static_cast<int>(at - plan.frames.begin()));
    }
    return found;
}

Sight pasted(const Sight& under, const Sight& over, const std::optional<RegionMask>& only,
             const cv::Mat& of_tile, const cv::Mat& blank) {
    if (only && of_tile.empty()) throw std::logic_error("regions of frames that have none");
    const auto next = [](const Sight& sight, std::size_t place) {
        return place < sight.frames.size() ? sight.frames[place] : std::numeric_limits<int>::max();
    };
    Sight seen;
    cv::Mat shown = blank;
    std::size_t below = 0;
    std::size_t above = 0;
    while (below < under.frames.size() || above < over.frames.size()) {
        const int frame = std::min(next(under, below), next(over, above));
        if (next(under, below) == frame) shown = under.pictures[below++];
        if (next(over, above) == frame) {
            const cv::Mat& picture = over.pictures[above++];
            shown = only ? with_tiles(shown, picture, *only, of_tile) : picture;
        }
        seen.frames.push_back(frame);
        seen.pictures.push_back(shown);
    }
    return seen;
}

}  // namespace oneadapt
