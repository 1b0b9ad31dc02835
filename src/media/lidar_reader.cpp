#include "media/lidar_reader.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "media/frame_reader.hpp"
#include "media/point_file.hpp"
#include "media/sweep_folder.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {
namespace {

constexpr double kJitter = 0.005;   ///< seconds
constexpr double kUsualTurn = 0.1;  ///< seconds, where there is but one

/// The usual time from one sweep to the next: a lost sweep does not change it.
double turn_of(const std::vector<Sweep>& sweeps) {
    std::vector<double> turns;
    for (std::size_t i = 1; i < sweeps.size(); ++i) {
        turns.push_back(sweeps[i].seconds - sweeps[i - 1].seconds);
    }
    if (turns.empty()) return kUsualTurn;
    const auto middle = turns.begin() + static_cast<std::ptrdiff_t>((turns.size() - 1) / 2);
    std::ranges::nth_element(turns, middle);
    return std::min(*middle, kLongestHole);
}

std::vector<std::filesystem::path> files_of(const std::vector<Sweep>& sweeps) {
    std::vector<std::filesystem::path> files;
    std::ranges::transform(sweeps, std::back_inserter(files), &Sweep::file);
    return files;
}

class LidarReader final : public FrameReader {
  public:
    LidarReader(const ClipSpec& clip, const ReadOptions& options)
        : FrameReader(clip, options),
          sweeps_(find_sweeps(clip.file)),
          turn_(turn_of(sweeps_)),
          points_(files_of(sweeps_), clip.points) {
        if (options.size) {
            throw UsageError("--size", "means nothing to point clouds", "leave it out");
        }
        const double end = sweeps_.back().seconds + turn_;
        end_ = std::min(end, clip.start_s + clip.duration_s.value_or(end));
        if (clip.start_s >= end_ - kJitter) no_sweep();
        check_holes();
        if (options.fps) {
            info_.fps = *options.fps;
            frames_ =
                static_cast<std::size_t>(std::ceil((end_ - kJitter - clip.start_s) * info_.fps));
        } else {
            take_every_sweep();
        }
        info_.size = {std::max(1, points_.read(sweep_of(0).file).rows), 1};
        info_.seconds = static_cast<double>(frames_) / info_.fps;
        info_.segments =
            static_cast<int>(std::ceil(static_cast<double>(frames_) / options.segment_frames));
    }

  private:
    [[noreturn]] void no_sweep() const {
        throw InputError(clip_.file.string(),
                         fmt::format("has no sweep at or after its start at {} s", clip_.start_s),
                         "use an earlier start");
    }

    /// Refuses to show a sweep for longer than holes may be.
    void check_holes() const {
        for (std::size_t i = 1; i < sweeps_.size(); ++i) {
            const double from = sweeps_[i - 1].seconds;
            const double to = sweeps_[i].seconds;
            if (to <= clip_.start_s || std::min(to, end_) - from <= kLongestHole) continue;
            const std::string last = sweeps_[i - 1].file.filename().string();
            throw InputError(
                clip_.file.string(),
                fmt::format("has no sweep for {:.4g} s after {}", to - from, last),
                times_file(clip_.file)
                    ? "mend timestamps.txt, or use --start and --duration to stay on one side"
                    : "its names count ten sweeps a second: give their times in timestamps.txt");
        }
    }

    /// Sets the native rate: that of the sweeps from the clip's start to its end.
    void take_every_sweep() {
        const auto at = [this](double seconds) {
            return std::ranges::lower_bound(sweeps_, seconds, {}, &Sweep::seconds);
        };
        const auto first = at(clip_.start_s - kJitter);
        const auto last = at(end_ - kJitter);
        if (first >= last) no_sweep();
        first_ = static_cast<std::size_t>(first - sweeps_.begin());
        frames_ = static_cast<std::size_t>(last - first);
        const double span = last[-1].seconds - first->seconds;
        info_.fps =
            analysis_rate(frames_ > 1 ? static_cast<double>(frames_ - 1) / span : 1 / turn_);
    }

    const Sweep& sweep_of(std::size_t frame) const {
        if (!options_.fps) return sweeps_[first_ + frame];
        const double now = clip_.start_s + static_cast<double>(frame) / info_.fps;
        return std::ranges::upper_bound(sweeps_, now + kJitter, {}, &Sweep::seconds)[-1];
    }

    std::optional<cv::Mat> next_frame() override {
        if (next_ == frames_) return std::nullopt;
        return points_.read(sweep_of(next_++).file);
    }

    std::optional<Shown> shown() const override {
        if (options_.fps) return std::nullopt;
        const std::size_t after = first_ + next_;
        const double to = after < sweeps_.size() ? std::min(sweeps_[after].seconds, end_) : end_;
        return Shown{std::max(0.0, sweeps_[after - 1].seconds - clip_.start_s), to - clip_.start_s};
    }

    std::vector<Sweep> sweeps_;
    double turn_;  ///< seconds that one usually takes
    PointReader points_;
    double end_ = 0;         ///< seconds since the first sweep
    std::size_t first_ = 0;  ///< sweep of the first frame, at the native rate
    std::size_t frames_ = 0;
    std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<ClipReader> open_lidar(const ClipSpec& clip, const ReadOptions& options) {
    return std::make_unique<LidarReader>(clip, options);
}

std::vector<std::filesystem::path> files_beside_sweeps(const ClipSpec& clip) {
    find_sweeps(clip.file);  // refuses what is no sweep, also where the trace knows the others
    const auto times = times_file(clip.file);
    // What lies in the folder is a part of it.
    if (!times || std::filesystem::equivalent(times->parent_path(), clip.file)) return {};
    return {*times};
}

}  // namespace oneadapt
