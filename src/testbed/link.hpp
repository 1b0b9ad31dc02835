#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "testbed/at.hpp"
#include "testbed/camera.hpp"
#include "testbed/ground.hpp"

namespace oneadapt {

/// A queue between two machines: first in, first out. Without a rate it carries everything at once.
class Queue {
  public:
    /// `rate`, in bytes per second, may be null and outlives the queue.
    Queue(const std::optional<Series>& rate, SimSeconds latency) : rate_(rate), latency_(latency) {}

    /// Sends bytes that are ready at `ready`; returns when the last of them has left. They arrive
    /// latency() later.
    SimSeconds send(SimSeconds ready, std::int64_t bytes);
    SimSeconds latency() const { return latency_; }

  private:
    const std::optional<Series>& rate_;
    SimSeconds latency_;
    SimSeconds free_;
};

/// What AWStream's sender sees every 100 ms.
struct LinkTick {
    double queued_bytes = 0;  ///< waiting at the tick's end
    double sent_bytes = 0;    ///< carried during the tick
};

/// The sender's monitor of a link.
class Monitor {
  public:
    explicit Monitor(const std::optional<Series>& rate) : rate_(rate) {}

    /// One segment whose `bytes` enter the queue evenly, as a live encoder emits them. Empty
    /// without a rate.
    const std::vector<LinkTick>& watch(SimSeconds start, SimSeconds duration, std::int64_t bytes);
    const std::vector<LinkTick>& ticks() const { return ticks_; }

  private:
    const std::optional<Series>& rate_;
    double queued_ = 0;
    std::vector<LinkTick> ticks_;
};

/// What the server has of a segment: how it was made, and the frames that there are.
struct Received {
    Recipe recipe;
    std::vector<int> kept;
};

/// The way up from camera to server, and back down.
class Link : public Insider {
  public:
    explicit Link(Ground& ground);

    /// Whether the way up has a rate.
    bool limited() const { return ground_.world.environment.uplink.has_value(); }
    /// The sender's view of the uplink during the last segment; empty without a rate.
    const std::vector<LinkTick>& ticks() const { return monitor_.ticks(); }

    /// Sends footage as soon as it is encoded; once per segment.
    OnServer<Received> up(const OnCamera<Footage>& footage);

    /// Sends something else that the camera made, of that many bytes.
    template <class T>
    OnServer<T> up(const OnCamera<T>& thing, std::int64_t bytes) {
        return at<Place::server>(later(thing), carry_up(when(thing), bytes, "message"));
    }

    /// Sends something that the server made, of that many bytes.
    template <class T>
    OnCamera<T> down(const OnServer<T>& thing, std::int64_t bytes) {
        return at<Place::camera>(later(thing), carry_down(when(thing), bytes));
    }

    /// Sends bytes without meaning up at the end of the segment's capture, to probe the link.
    void pad(std::int64_t bytes);

    /// For the driver.
    void begin();
    void end();
    /// How many of the segment's frames went up.
    int frames_sent() const { return static_cast<int>(std::ranges::count(frames_, true)); }
    /// When a result that the server has at `ready` is down at its user.
    SimSeconds result_down(SimSeconds ready) const { return ready + down_.latency(); }

  private:
    SimSeconds carry_up(SimSeconds ready, std::int64_t bytes, const std::string& name);
    SimSeconds carry_down(SimSeconds ready, std::int64_t bytes);

    Ground& ground_;
    Queue up_;
    Queue down_;
    Monitor monitor_;
    std::map<EncodePlan, OnServer<Received>> received_;
    std::vector<bool> frames_;  ///< of the segment, whether it went up
};

}  // namespace oneadapt
