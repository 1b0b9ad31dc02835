#include "measure/follow.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace oneadapt {
namespace {

constexpr int kCorners = 50;  ///< of a box
constexpr double kQuality = 0.01;
constexpr double kApart = 7;  ///< pixels
constexpr int kRound = 2;     ///< pixels round a box, so that its outline counts
constexpr int kWindow = 15;
constexpr int kLevels = 2;

/// The corners of one box in both frames.
struct Corners {
    std::vector<cv::Point2f> before;
    std::vector<cv::Point2f> after;
};

float median(std::vector<float> values) {
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::ranges::nth_element(values, middle);
    return *middle;
}

cv::Rect around(const Detection& box, cv::Size frame) {
    const int left = static_cast<int>(std::floor(box.x1)) - kRound;
    const int top = static_cast<int>(std::floor(box.y1)) - kRound;
    const int right = static_cast<int>(std::ceil(box.x2)) + kRound;
    const int bottom = static_cast<int>(std::ceil(box.y2)) + kRound;
    return cv::Rect(left, top, right - left, bottom - top) & cv::Rect({}, frame);
}

std::vector<cv::Point2f> corners_of(const cv::Mat& luma, const cv::Rect& within) {
    std::vector<cv::Point2f> corners;
    if (within.empty()) return corners;
    cv::goodFeaturesToTrack(luma(within), corners, kCorners, kQuality, kApart);
    const cv::Point2f offset(static_cast<float>(within.x), static_cast<float>(within.y));
    for (cv::Point2f& corner : corners) corner += offset;
    return corners;
}

/// Mean distance from the middle of the points.
double extent(const std::vector<cv::Point2f>& points) {
    cv::Point2d middle;
    for (const cv::Point2f& point : points) middle += cv::Point2d(point);
    middle /= static_cast<double>(points.size());
    double sum = 0;
    for (const cv::Point2f& point : points) sum += cv::norm(cv::Point2d(point) - middle);
    return sum / static_cast<double>(points.size());
}

double spread_of(const Corners& corners) {
    cv::Point2d mean;
    double squares = 0;
    const auto count = static_cast<double>(corners.before.size());
    for (std::size_t i = 0; i < corners.before.size(); ++i) {
        const cv::Point2d move = corners.after[i] - corners.before[i];
        mean += move;
        squares += move.dot(move);
    }
    mean /= count;
    return std::sqrt(std::max(0.0, squares / count - mean.dot(mean)));
}

/// The box moved by its corners, and its middle by how much.
struct Moved {
    Detection box;
    cv::Point2f by;
};

Moved move_box(Detection box, const Corners& corners) {
    constexpr double kFastest = 1.25;  // of growing or shrinking from one frame to the next
    std::vector<float> right;
    std::vector<float> down;
    for (std::size_t i = 0; i < corners.before.size(); ++i) {
        right.push_back(corners.after[i].x - corners.before[i].x);
        down.push_back(corners.after[i].y - corners.before[i].y);
    }
    const cv::Point2f by(median(std::move(right)), median(std::move(down)));
    const double before = extent(corners.before);
    const double scale =
        before > 0 ? std::clamp(extent(corners.after) / before, 1 / kFastest, kFastest) : 1.0;
    const auto half_width = static_cast<float>(scale) * (box.x2 - box.x1) / 2;
    const auto half_height = static_cast<float>(scale) * (box.y2 - box.y1) / 2;
    const cv::Point2f middle((box.x1 + box.x2) / 2 + by.x, (box.y1 + box.y2) / 2 + by.y);
    box.x1 = middle.x - half_width;
    box.x2 = middle.x + half_width;
    box.y1 = middle.y - half_height;
    box.y2 = middle.y + half_height;
    return {box, by};
}

/// The corners of each box that were found again.
std::vector<Corners> find_again(const cv::Mat& before, const cv::Mat& after,
                                const std::vector<std::vector<cv::Point2f>>& corners) {
    std::vector<cv::Point2f> all;
    for (const auto& of_box : corners) all.insert(all.end(), of_box.begin(), of_box.end());
    std::vector<Corners> found(corners.size());
    if (all.empty()) return found;
    std::vector<cv::Point2f> there;
    std::vector<unsigned char> status;
    cv::calcOpticalFlowPyrLK(before, after, all, there, status, cv::noArray(), {kWindow, kWindow},
                             kLevels);
    std::size_t next = 0;
    for (std::size_t box = 0; box < corners.size(); ++box) {
        for (std::size_t i = 0; i < corners[box].size(); ++i, ++next) {
            if (status[next] == 0) continue;
            found[box].before.push_back(all[next]);
            found[box].after.push_back(there[next]);
        }
    }
    return found;
}

/// Billion operations, by the lengths of the loops: pyramids and their gradients for each pixel,
/// the measure of a corner for each pixel in a box, and for each corner ten steps on each level of
/// its window's ten operations a pixel.
double work(double pixels, double boxed, double corners) {
    constexpr double kPyramid = 2 * 1.33 * 25;
    constexpr double kMeasure = 40;
    constexpr double kSteps = 10.0 * (kLevels + 1) * kWindow * kWindow * 10;
    return 1e-9 * (kPyramid * pixels + kMeasure * boxed + kSteps * corners);
}

}  // namespace

void Follow::key(Hasher& hasher, const Lab& /*lab*/) const {
    hasher.add(from).add(to).add(boxes.size());
    for (const Detection& box : boxes) {
        hasher.add(box.x1).add(box.y1).add(box.x2).add(box.y2).add(box.score).add(box.label);
    }
}

Followed Follow::measure(Lab& lab) const {
    const Segment& segment = lab.media();
    const auto luma = [&](int frame) {
        return segment.frames.at(static_cast<std::size_t>(frame))
            .rowRange(0, segment.size.height)
            .clone();  // so that no border reaches into the chroma below it
    };
    const cv::Mat before = luma(from);
    double boxed = 0;
    double count = 0;
    std::vector<std::vector<cv::Point2f>> corners;
    for (const Detection& box : boxes) {
        const cv::Rect within = around(box, segment.size);
        corners.push_back(corners_of(before, within));
        boxed += within.area();
        count += static_cast<double>(corners.back().size());
    }
    const std::vector<Corners> found = find_again(before, luma(to), corners);
    Followed followed;
    followed.gflop = work(segment.size.area(), boxed, count);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        Moved moved{boxes[i], {}};
        if (!found[i].before.empty()) {
            moved = move_box(boxes[i], found[i]);
            followed.spread = std::max(followed.spread, spread_of(found[i]));
            followed.farthest = std::max(followed.farthest, cv::norm(moved.by));
        }
        const cv::Point2f middle((moved.box.x1 + moved.box.x2) / 2,
                                 (moved.box.y1 + moved.box.y2) / 2);
        if (cv::Rect2f({}, cv::Size2f(segment.size)).contains(middle)) {
            followed.boxes.push_back(moved.box);
        }
    }
    return followed;
}

Bytes to_bytes(const Followed& followed) {
    FieldWriter out;
    out.put(followed.gflop).put(followed.farthest).put(followed.spread);
    return out.put_count(followed.boxes.size()).put_all(followed.boxes).finish();
}

void from_bytes(std::span<const std::byte> bytes, Followed& followed) {
    FieldReader in(bytes);
    followed.gflop = in.get<double>();
    followed.farthest = in.get<double>();
    followed.spread = in.get<double>();
    followed.boxes.resize(in.get_count(sizeof(Detection)));
    in.get_all(followed.boxes);
    in.finish();
}

}  // namespace oneadapt
