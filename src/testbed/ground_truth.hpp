#pragma once

#include <memory>

#include <opencv2/core.hpp>

#include "dnn/task.hpp"
#include "media/clip.hpp"

namespace oneadapt {

/// What is truly to be seen or heard in a clip.
class GroundTruth {
  public:
    /// Refers to the sidecar.
    GroundTruth(const ClipSpec& clip, const Sidecar& sidecar);
    virtual ~GroundTruth() = default;

    /// Accuracy in [0,1] of what is delivered for a frame of a segment, its detections counting
    /// from that threshold on, or the sidecar's.
    double accuracy(const SegmentInfo& segment, std::size_t frame, const FrameOutput& delivered,
                    std::optional<double> threshold) const;

  protected:
    /// Accuracy of what is delivered for the frame that lasts over [from, to), in seconds of the
    /// recording.
    virtual double of_frame(const FrameOutput& delivered, double from, double to,
                            const Scoring& scoring) const = 0;

    const Task& task() const { return task_; }
    const Sidecar& sidecar() const { return sidecar_; }

  private:
    const Task& task_;
    const Sidecar& sidecar_;
    double start_s_;
};

/// Labelled boxes (`oneadapt-labels-1`). Detections of ignored objects do not count, see
/// without_ignored().
std::unique_ptr<GroundTruth> box_truth(const ClipSpec& clip, const Sidecar& sidecar, cv::Size size);

/// Boxes in space (`oneadapt-boxes3d-1`), as upright boxes in the sidecar's map from above, cut off
/// at its edges. Objects whose centre lies outside the map are left out.
std::unique_ptr<GroundTruth> box3d_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                         cv::Size size);

/// A transcript (`oneadapt-transcript-1`). A frame's truth is the utterances whose middle lies in
/// it.
std::unique_ptr<GroundTruth> word_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                        cv::Size size);

/// A recording of class maps: 8-bit grey without loss, each pixel's class index as in the sidecar.
/// Pixels of other classes count nowhere.
std::unique_ptr<GroundTruth> class_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                         cv::Size size);

/// The truth of a clip for the task that the sidecar is of, at the analysis size. Throws InputError
/// when the clip has no labels, or none that fit.
std::unique_ptr<GroundTruth> load_truth(const ClipSpec& clip, const Sidecar& sidecar,
                                        cv::Size size);

}  // namespace oneadapt
