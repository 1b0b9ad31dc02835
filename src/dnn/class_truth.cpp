#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "dnn/class_map.hpp"
#include "dnn/ground_truth.hpp"
#include "media/class_maps.hpp"
#include "support/packing.hpp"

namespace oneadapt {
namespace {

/// The classes in the middles of the cells of a coarser grid; those of no interest are no class.
cv::Mat sampled(const cv::Mat& truth, cv::Size size, const Sidecar& sidecar) {
    const auto middle = [](int cell, int from, int to) { return (2 * cell + 1) * from / (2 * to); };
    cv::Mat coarse(size, CV_8U);
    for (int row = 0; row < size.height; ++row) {
        const auto* in = truth.ptr(middle(row, truth.rows, size.height));
        for (int column = 0; column < size.width; ++column) {
            coarse.at<std::uint8_t>(row, column) = in[middle(column, truth.cols, size.width)];
        }
    }
    return of_interest(coarse, sidecar);
}

class ClassTruth final : public GroundTruth {
  public:
    ClassTruth(const ClipSpec& clip, const Sidecar& sidecar) : GroundTruth(clip, sidecar) {
        end_s_ = each_class_map(*clip.labels, [this](const cv::Mat& classes, double seconds) {
            const cv::Mat whole = classes.clone();  // without gaps between its rows
            size_ = whole.size();
            seconds_.push_back(seconds);
            maps_.push_back(pack(std::as_bytes(std::span(whole.datastart, whole.dataend))));
        });
    }

  private:
    double of_frame(const FrameOutput& delivered, double from, double /*to*/,
                    const Scoring& scoring) const override {
        FrameOutput truth;
        const cv::Mat map = map_at(from);
        const cv::Size size = delivered.classes.empty() ? map.size() : delivered.classes.size();
        truth.classes = sampled(map, size, sidecar());
        return task().accuracy(delivered, truth, scoring);
    }

    /// The map nearest in time.
    cv::Mat map_at(double seconds) const {
        auto after = std::ranges::lower_bound(seconds_, seconds);
        if (after == seconds_.end() ||
            (after != seconds_.begin() && seconds - after[-1] < *after - seconds)) {
            --after;
        }
        const auto place = static_cast<std::size_t>(after - seconds_.begin());
        Bytes bytes = unpack(maps_[place]);
        return cv::Mat(size_, CV_8U, bytes.data()).clone();
    }

    double end_s() const override { return end_s_; }
    double slack_s() const override { return 0.5 * end_s_ / static_cast<double>(maps_.size()); }

    double end_s_ = 0;
    cv::Size size_;
    std::vector<double> seconds_;
    std::vector<Bytes> maps_;  ///< packed
};

}  // namespace

std::unique_ptr<GroundTruth> class_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                         cv::Size /*size*/) {
    return std::make_unique<ClassTruth>(clip, sidecar);
}

}  // namespace oneadapt
