#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "support/console.hpp"

namespace oneadapt {

std::string duration_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::lround(std::max(0.0, seconds)));
    if (whole >= 3600) {
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    }
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

ProgressLine::ProgressLine(std::string unit, bool quiet)
    : unit_(std::move(unit)), quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (!line_open_) return;
    tell("\r\x1b[K");
}

void ProgressLine::expect(std::int64_t more) {
    const std::lock_guard lock(mutex_);
    expected_ += more;
}

void ProgressLine::done(std::int64_t more) {
    const std::lock_guard lock(mutex_);
    done_ += more;
    expected_ = std::max(expected_, done_);
    if (quiet_) return;
    const auto now = Clock::now();
    if (terminal_) {
        if (now - drawn_ >= std::chrono::milliseconds(200)) draw(now);
        return;
    }
    const std::int64_t tenths = 10 * done_ / std::max<std::int64_t>(expected_, 1);
    const bool slow_enough = now - drawn_ >= std::chrono::seconds(2);
    if (tenths > printed_tenths_ && slow_enough) {
        printed_tenths_ = tenths;
        drawn_ = now;
        tell(text(now) + '\n');
    }
}

void ProgressLine::note(const std::string& text) {
    const std::lock_guard lock(mutex_);
    tell(fmt::format("{}oneadapt-sim: {}\n", line_open_ ? "\r\x1b[K" : "", text));
    line_open_ = false;
}

std::string ProgressLine::text(Clock::time_point now) const {
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(done_) / std::max(seconds, 1e-9);
    const double left = static_cast<double>(expected_ - done_) / std::max(rate, 1e-9);
    return fmt::format("{:3}%  {}/{} {}  {:.0f}/s  {} left",
                       100 * done_ / std::max<std::int64_t>(expected_, 1), done_, expected_, unit_,
                       rate, duration_text(left));
}

void ProgressLine::draw(Clock::time_point now) {
    constexpr std::int64_t kWidth = 24;
    const std::int64_t filled = kWidth * done_ / std::max<std::int64_t>(expected_, 1);
    tell(fmt::format("\r[{:#<{}}{:.<{}}] {}\x1b[K", "", filled, "", kWidth - filled, text(now)));
    drawn_ = now;
    line_open_ = true;
}

}  // namespace oneadapt
