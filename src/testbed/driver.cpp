#include "testbed/driver.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

const FrameOutput& FrameResult::said() const {
    static const FrameOutput kNothing;
    return output ? output.get()->frames.at(frame) : kNothing;
}

void Driver::begin(Lab& lab) {
    Testbed& t = testbed_;
    const SimSeconds captured = lab.segment().start + lab.segment().duration;
    const std::optional<SimSeconds>& end = t.ground_.world.environment.end;
    if (end && *end < captured) {
        throw InputError("--environment",
                         fmt::format("ends after {} s, and segment {} lasts until {} s", end->value,
                                     lab.segment().index, captured.value),
                         "let it be repeated (--series-end repeat), or watch less (--duration)");
    }
    t.ground_.lab = &lab;
    t.ground_.ledger = {};
    t.notes_.clear();
    t.camera_.begin();
    t.link_.begin();
    t.server_.begin();
}

SimSeconds Driver::latest_delivery() const {
    constexpr SimSeconds kRounding{1e-9};  // of what was stopped at the deadline itself
    const SegmentInfo& segment = testbed_.ground_.lab->segment();
    const auto& deadline = testbed_.goal_.deadline;
    if (!deadline) return {std::numeric_limits<double>::infinity()};
    return segment.start + segment.duration + *deadline + kRounding;
}

std::vector<FrameResult> Driver::results(const Delivery& delivery) const {
    const Ground& ground = testbed_.ground_;
    const auto count = static_cast<std::size_t>(ground.lab->segment().frames);
    std::vector<FrameResult> frames;
    frames.reserve(count);
    FrameResult last = shown_;
    const SimSeconds latest = latest_delivery();
    for (std::size_t i = 0; i < count; ++i) {
        last.arrived.reset();
        if (i < delivery.shown_.size() && delivery.shown_[i]) {
            const Delivery::Shown& shown = *delivery.shown_[i];
            const SimSeconds down =
                shown.place == Place::camera ? shown.when : testbed_.link_.result_down(shown.when);
            if (down > latest) {
                frames.push_back(last);
                continue;
            }
            if (last.output != shown.output) last.output = shown.output;
            last.frame = shown.frame;
            last.arrived = std::max(down, ground.captured(static_cast<int>(i)));
            last.global_frame = frames_before_ + static_cast<std::int64_t>(i);
        }
        frames.push_back(last);
    }
    return frames;
}

void Driver::tell_results(const Delivery& delivery) const {
    const Ground& ground = testbed_.ground_;
    if (!ground.hook) return;
    std::set<SimSeconds> ready;
    for (const auto& shown : delivery.shown_) {
        if (shown && shown->place == Place::server) ready.insert(shown->when);
    }
    for (const SimSeconds when : ready) {
        ground.enter(Actor::downlink, when, testbed_.link_.result_down(when), 0,
                     [] { return std::string("results"); });
    }
}

std::vector<FrameResult> Driver::streamed(const std::vector<FrameResult>& results) {
    for (const FrameResult& result : results) {
        if (result.arrived) pending_.push_back(result);
    }
    std::vector<FrameResult> newest;
    newest.reserve(results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        const SimSeconds captured = testbed_.ground_.captured(static_cast<int>(i));
        const FrameResult* best = nullptr;
        for (const FrameResult& result : pending_) {
            const bool there = *result.arrived <= captured;
            if (there && (!best || best->global_frame < result.global_frame)) best = &result;
        }
        newest.push_back(best ? *best : FrameResult{});
    }
    if (newest.empty()) return newest;
    const FrameResult& latest = newest.back();
    // Whatever is of an earlier frame than what has arrived by now will never be the newest.
    std::erase_if(pending_, [&](const FrameResult& result) {
        return latest.output && result.global_frame < latest.global_frame;
    });
    return newest;
}

Bill Driver::finish(const Delivery& delivery) {
    Ground& ground = testbed_.ground_;
    const SegmentInfo& segment = ground.lab->segment();
    const SimSeconds captured = segment.start + segment.duration;
    testbed_.link_.end();
    testbed_.server_.end(captured);
    tell_results(delivery);
    Bill bill{.ledger = ground.ledger,
              .frames_sent = testbed_.link_.frames_sent(),
              .frames = results(delivery),
              .streamed = {},
              .delay = std::nullopt,
              .notes = std::move(testbed_.notes_)};
    for (const FrameResult& frame : bill.frames) {
        if (!frame.arrived) continue;
        bill.delay = std::max(bill.delay.value_or(SimSeconds{0}), *frame.arrived - captured);
    }
    bill.streamed = streamed(bill.frames);
    if (!bill.frames.empty()) shown_ = bill.frames.back();
    shown_.arrived.reset();
    frames_before_ += segment.frames;
    ground.lab = nullptr;
    return bill;
}

}  // namespace oneadapt
