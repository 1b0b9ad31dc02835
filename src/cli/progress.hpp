#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

namespace oneadapt {

/// A line on stderr that says how far a run has come, how fast it goes and how long it will take:
/// redrawn on a terminal, a plain line every tenth otherwise. Safe to call from several threads.
class ProgressLine {
  public:
    /// `unit` is what is counted, e.g. "evaluations".
    ProgressLine(std::string unit, bool quiet);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void expect(std::int64_t more);
    void done(std::int64_t more);
    /// A line of its own, whether quiet or not.
    void note(const std::string& text);

  private:
    using Clock = std::chrono::steady_clock;
    std::string text(Clock::time_point now) const;
    void draw(Clock::time_point now);

    const std::string unit_;
    const bool quiet_;
    const bool terminal_;
    const Clock::time_point start_ = Clock::now();
    std::mutex mutex_;
    std::int64_t expected_ = 0;
    std::int64_t done_ = 0;
    std::int64_t printed_tenths_ = 0;
    Clock::time_point drawn_ = start_;
    bool line_open_ = false;
};

/// "1:02" or "1:02:03".
std::string duration_text(double seconds);

}  // namespace oneadapt
