#pragma once

#include <memory>
#include <string>

#include <opencv2/core.hpp>

#include "dnn/task.hpp"
#include "media/clip.hpp"

namespace oneadapt {

/// The labelled objects of one frame, as boxes in pixels of the DNN's picture.
struct FrameBoxes {
    FrameOutput demanded;
    FrameOutput ignored;  ///< those that count neither for nor against, see without_ignored()

    void add(const cv::Rect2f& box, int label, bool is_ignored);
};

/// What is truly to be seen or heard in a clip.
class GroundTruth {
  public:
    /// Refers to the sidecar.
    GroundTruth(const ClipSpec& clip, const Sidecar& sidecar);
    virtual ~GroundTruth() = default;

    /// Accuracy in [0,1] of what is delivered for a frame of a segment, its detections counting
    /// from that threshold on, or the sidecar's. Throws InputError with both lengths when the
    /// segment goes on after the truth has ended.
    double accuracy(const SegmentInfo& segment, std::size_t frame, const FrameOutput& delivered,
                    std::optional<double> threshold) const;

    /// The objects of a frame of a segment; none where the truth is none of boxes.
    FrameBoxes boxes(const SegmentInfo& segment, std::size_t frame) const;

    /// Throws InputError when a clip that promises so many seconds, in frames of `step` seconds,
    /// goes on after the truth has ended. A promise may be a second too long.
    void check_length(double seconds, double step) const;

  protected:
    /// Accuracy of what is delivered for the frame that lasts over [from, to), in seconds of the
    /// recording.
    virtual double of_frame(const FrameOutput& delivered, double from, double to,
                            const Scoring& scoring) const = 0;

    /// The objects to be seen at that second of the recording.
    virtual FrameBoxes boxes_at(double /*from*/) const { return {}; }

    /// Second of the recording at which what is known ends.
    virtual double end_s() const = 0;
    /// A frame may begin so much later, since recordings are cut into frames by rounding.
    virtual double slack_s() const = 0;

    /// What a user can do about a truth that is too short.
    virtual std::string remedy() const { return "label the rest"; }

    const Task& task() const { return task_; }
    const Sidecar& sidecar() const { return sidecar_; }

  private:
    const Task& task_;
    const Sidecar& sidecar_;
    /// Refuses a frame that begins at `from` in a clip that lasts until `clip_end`, in seconds of
    /// the recording, unless something is known of it.
    void check_known(double from, double clip_end) const;

    std::string clip_;
    std::string labels_;  ///< the file
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
/// it. It goes as far as its key `seconds` says, else to the end of its last utterance.
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
