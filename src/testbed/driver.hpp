#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "testbed/testbed.hpp"

namespace oneadapt {

/// What the user has for a frame.
struct FrameResult {
    Later<Output> output;               ///< null: nothing yet
    std::size_t frame = 0;              ///< of the output
    std::optional<SimSeconds> arrived;  ///< when this frame's own result came; absent: none did
    std::int64_t global_frame = 0;      ///< of the clip, whose result it is

    /// What it says of the frame; nothing where there is none.
    const FrameOutput& said() const;
    bool same_as(const FrameResult& other) const {
        return output == other.output && frame == other.frame;
    }
};

/// What a segment cost, and what its user got.
struct Bill {
    Ledger ledger;
    int frames_sent = 0;  ///< frames of the segment that went up
    /// For each frame of the segment its result or, where it had none, the last one before.
    std::vector<FrameResult> frames;
    /// For each frame, the result of the latest frame that had arrived when it was captured: what
    /// streaming accuracy is of.
    std::vector<FrameResult> streamed;
    /// From the end of capture to the last result of the segment that counts; absent when there
    /// was none.
    std::optional<SimSeconds> delay;
    std::vector<AccGradNote> notes;
};

/// Begins and ends the segments of a cell. No scheme can name it.
class Driver : public Insider {
  public:
    /// `world` outlives the driver.
    Driver(const World& world, Goal goal) : testbed_(world, goal) {}
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    Testbed& testbed() { return testbed_; }
    /// From now on every act is told; see Act.
    void listen(ActHook hook) { testbed_.ground_.hook = std::move(hook); }

    /// Starts a segment. `lab` must outlive finish(). Throws InputError where the environment has
    /// ended by then.
    void begin(Lab& lab);
    Bill finish(const Delivery& delivery);

  private:
    /// By when a result of the segment must be there to count.
    SimSeconds latest_delivery() const;
    std::vector<FrameResult> results(const Delivery& delivery) const;
    /// Tells the hook of the results' way back, which is charged to nobody.
    void tell_results(const Delivery& delivery) const;
    std::vector<FrameResult> streamed(const std::vector<FrameResult>& results);

    Testbed testbed_;
    std::int64_t frames_before_ = 0;    ///< of the clip, before this segment
    FrameResult shown_;                 ///< the last one
    std::vector<FrameResult> pending_;  ///< results that may still be the newest to arrive
};

}  // namespace oneadapt
