#include "media/lidar_reader.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "media/frame_reader.hpp"
#include "media/point_file.hpp"
#include "support/errors.hpp"
#include "support/input_file.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

constexpr double kDefaultRate = 10;  ///< sweeps per second
constexpr double kJitter = 0.005;    ///< seconds
constexpr const char* kTimesName = "timestamps.txt";

std::vector<fs::path> find_sweeps(const fs::path& folder) {
    std::error_code failed;
    if (!fs::exists(folder, failed)) {
        throw InputError(folder.string(), "does not exist", "check the path");
    }
    const fs::directory_iterator entries(folder, failed);
    if (failed) {
        throw InputError(folder.string(),
                         fmt::format("cannot be read as a folder ({})", failed.message()),
                         "a LiDAR clip is a folder of .bin or .pcd files, one for each sweep");
    }
    std::vector<fs::path> sweeps;
    for (const auto& entry : entries) {
        const fs::path extension = entry.path().extension();
        if (extension == ".bin" || extension == ".pcd") sweeps.push_back(entry.path());
    }
    if (sweeps.empty()) {
        throw InputError(folder.string(), "has no sweeps",
                         "a LiDAR clip is a folder of .bin or .pcd files, one for each sweep");
    }
    std::ranges::sort(sweeps, [](const fs::path& a, const fs::path& b) {
        const std::string& left = a.native();
        const std::string& right = b.native();
        return left.size() != right.size() ? left.size() < right.size() : left < right;
    });
    const auto other = std::ranges::find_if(sweeps, [&](const fs::path& sweep) {
        return sweep.extension() != sweeps.front().extension();
    });
    if (other != sweeps.end()) {
        throw InputError(
            folder.string(),
            fmt::format("has sweeps of two formats, {} and {}", sweeps.front().filename().string(),
                        other->filename().string()),
            "keep one of the two");
    }
    return sweeps;
}

/// The seconds of a line: a number, or a date and a time of day (UTC).
std::optional<double> parse_time(const std::string& line) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    double second = 0;
    if (std::sscanf(line.c_str(), "%d-%u-%u %d:%d:%lf", &year, &month, &day, &hour, &minute,
                    &second) == 6) {
        using namespace std::chrono;
        const sys_days date =
            std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
        const auto whole = date.time_since_epoch() + hours(hour) + minutes(minute);
        return static_cast<double>(duration_cast<seconds>(whole).count()) + second;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    const bool nothing_follows = std::all_of(end, line.data() + line.size(), [](char letter) {
        return letter == ' ' || letter == '\r' || letter == '\t';
    });
    return nothing_follows ? std::optional(value) : std::nullopt;
}

/// Seconds of each sweep since the first.
std::vector<double> read_times(const fs::path& file, std::size_t sweeps) {
    std::vector<double> times;
    std::istringstream in(
        read_text(file, FileRole::input, "write a line with the time of each sweep into it"));
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty() && in.peek() == std::istringstream::traits_type::eof()) break;
        const std::string where = fmt::format("{}, line {}", file.string(), number);
        const auto time = parse_time(line);
        if (!time) {
            throw InputError(where, fmt::format("'{}' is no time", line),
                             "write seconds, or e.g. 2011-09-26 13:02:25.594");
        }
        if (!times.empty() && *time <= times.back()) {
            throw InputError(where, "is not later than the line before",
                             "sort the times as the sweeps' names");
        }
        times.push_back(*time);
    }
    if (times.size() != sweeps) {
        throw InputError(
            file.string(),
            fmt::format("has {} lines, and the folder {} sweeps", times.size(), sweeps),
            "give each sweep a line, or remove the file for ten sweeps a second");
    }
    const double first = times.front();
    for (double& time : times) time -= first;
    return times;
}

std::vector<double> times_of(const fs::path& folder, std::size_t sweeps) {
    const fs::path file = folder / kTimesName;
    if (fs::exists(file)) return read_times(file, sweeps);
    std::vector<double> times(sweeps);
    for (std::size_t i = 0; i < sweeps; ++i) times[i] = static_cast<double>(i) / kDefaultRate;
    return times;
}

class LidarReader final : public FrameReader {
  public:
    LidarReader(const ClipSpec& clip, const ReadOptions& options)
        : FrameReader(clip, options),
          sweeps_(find_sweeps(clip.file)),
          times_(times_of(clip.file, sweeps_.size())) {
        if (options.size) {
            throw UsageError("--size", "means nothing to point clouds", "leave it out");
        }
        const double last = times_.back();
        const double rate = last > 0 ? static_cast<double>(times_.size() - 1) / last : kDefaultRate;
        info_.fps = options.fps.value_or(rate);
        const double end = last + 1 / rate;
        schedule(std::min(end, clip.start_s + clip.duration_s.value_or(end)));
        if (shown_.empty()) {
            throw InputError(
                clip.file.string(),
                fmt::format("has no sweep at or after its start at {} s", clip.start_s),
                "use an earlier start");
        }
        info_.size = {std::max(1, read_points(sweeps_[shown_.front()]).rows), 1};
        info_.segments = static_cast<int>(
            std::ceil(static_cast<double>(shown_.size()) / options.segment_frames));
    }

  private:
    /// Fills `shown_` with frames up to `end`, in seconds.
    void schedule(double end) {
        if (!options_.fps) {
            for (std::size_t i = 0; i < times_.size(); ++i) {
                if (times_[i] > clip_.start_s - kJitter && times_[i] < end - kJitter) {
                    shown_.push_back(i);
                }
            }
            return;
        }
        for (int frame = 0;; ++frame) {
            const double now = clip_.start_s + frame / info_.fps;
            if (now >= end - kJitter) return;
            const auto later = std::ranges::upper_bound(times_, now + kJitter);
            shown_.push_back(static_cast<std::size_t>(later - times_.begin()) - 1);
        }
    }

    std::optional<cv::Mat> next_frame() override {
        if (next_ == shown_.size()) return std::nullopt;
        return read_points(sweeps_[shown_[next_++]]);
    }

    std::vector<fs::path> sweeps_;
    std::vector<double> times_;       ///< seconds of each sweep since the first
    std::vector<std::size_t> shown_;  ///< the sweep of each frame
    std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<ClipReader> open_lidar(const ClipSpec& clip, const ReadOptions& options) {
    return std::make_unique<LidarReader>(clip, options);
}

}  // namespace oneadapt
