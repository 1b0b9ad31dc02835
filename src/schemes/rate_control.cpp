#include "schemes/rate_control.hpp"

#include <algorithm>

namespace oneadapt {
namespace {

constexpr double kSmoothing = 0.5;   // EWMA of the bytes sent
constexpr int kCleanTicks = 20;      // more clean ticks than this say "queue empty"
constexpr int kStartupPatience = 4;  // congestion signals ignored in Startup
constexpr int kDegradePatience = 3;  // ... in Degrade, at the level that fits
constexpr int kSteadyPatience = 4;   // empty signals ignored in Steady
constexpr double kAlpha = 0.9;       // share of the measured rate to use
constexpr double kProbeShare = 1.05;
constexpr int kProbeSteps = 3;

}  // namespace

void RateControl::set_levels(std::vector<double> bytes_per_second) {
    levels_ = std::move(bytes_per_second);
    level_ = std::min(level_, levels_.size() - 1);
}

void RateControl::observe(const std::vector<LinkTick>& ticks, double tick_s) {
    for (const LinkTick& tick : ticks) {
        const double sent = tick.sent_bytes / tick_s;
        rate_ = rate_ > 0 ? kSmoothing * rate_ + (1 - kSmoothing) * sent : sent;
        const bool congested = tick.queued_bytes > congestion_s_ * rate_;
        if (congested) {
            clean_ticks_ = 0;
            on_congestion();
        } else if (++clean_ticks_ > kCleanTicks) {
            clean_ticks_ = 0;
            on_empty();
        }
    }
}

bool RateControl::fits(double bytes_per_second) const {
    return bytes_per_second <= kAlpha * rate_;
}

double RateControl::padding() const {
    if (state_ != State::probe || at_top()) return 0.0;
    return kProbeShare * (levels_[level_ + 1] - levels_[level_]) * (probe_steps_ + 1) / kProbeSteps;
}

void RateControl::enter(State state) {
    state_ = state;
    signals_ = 0;
    probe_steps_ = 0;
}

void RateControl::on_empty() {
    switch (state_) {
        case State::startup:
            if (!at_top()) ++level_;
            if (at_top()) enter(State::steady);
            return;
        case State::degrade:
            enter(State::steady);
            return;
        case State::steady:
            if (++signals_ > kSteadyPatience && !at_top()) enter(State::probe);
            return;
        case State::probe:
            if (++probe_steps_ < kProbeSteps) return;
            ++level_;
            enter(State::steady);
            return;
    }
}

void RateControl::on_congestion() {
    switch (state_) {
        case State::startup:
            if (++signals_ > kStartupPatience) degrade_to_rate();
            return;
        case State::degrade:
        case State::steady:
            degrade_to_rate();
            return;
        case State::probe:
            enter(State::steady);
            return;
    }
}

void RateControl::degrade_to_rate() {
    std::size_t fitting = levels_.size() - 1;
    while (fitting > 0 && !fits(levels_[fitting])) --fitting;
    if (state_ != State::degrade || fitting < level_) {
        level_ = fitting;
        enter(State::degrade);
        return;
    }
    if (++signals_ <= kDegradePatience) return;
    signals_ = 0;
    if (level_ > 0) --level_;
}

}  // namespace oneadapt
