#pragma once

#include <optional>
#include <vector>

#include "measure/follow.hpp"
#include "testbed/testbed.hpp"

namespace oneadapt {

/// What a camera knows of the objects in its frames: boxes that the server found in an earlier one,
/// followed from frame to frame (Follow). Its segments are encoded and measured on their own, so
/// that boxes cross from the last frame of one to the first of the next without being followed.
class FrameTracker {
  public:
    /// The boxes of a frame, from a result that has come down. `threshold` is that of its DNN.
    void set(std::vector<Detection> boxes, std::optional<double> threshold) {
        boxes_ = std::move(boxes);
        threshold_ = threshold;
        known_ = true;
    }
    /// Whether anything has ever come.
    bool known() const { return known_; }
    const std::vector<Detection>& boxes() const { return boxes_; }

    /// Follows the boxes from one frame of the segment to another, which the camera is charged for.
    /// What it returns lives as long as the segment.
    const Followed& follow(Testbed& testbed, int from, int to);

    /// The boxes as the result for a frame, there now.
    OnCamera<Output> result(Testbed& testbed) const;

  private:
    std::vector<Detection> boxes_;
    std::optional<double> threshold_;
    bool known_ = false;
};

/// Sends a result that the server made down to the camera: its boxes, 24 bytes each.
OnCamera<Output> send_boxes(Testbed& testbed, const OnServer<Output>& output, int frame,
                            double threshold);

}  // namespace oneadapt
