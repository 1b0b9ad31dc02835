#pragma once

#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "dnn/output.hpp"
#include "dnn/sidecar.hpp"

namespace oneadapt {

class GroundTruth;
struct ClipSpec;

/// A medium that a task takes.
struct TaskInput {
    std::string media;    ///< a row of the media table
    std::string model;    ///< shipped model, relative to datasets/models
    std::string dataset;  ///< shipped clips, relative to datasets
    /// The model's name ends in the size that it is of, and the other sizes (the values of the knob
    /// `model`) lie beside it.
    bool sizes = false;
};

/// A row of the task table: what is asked of a DNN and how answers are compared.
struct Task {
    std::string name;
    std::string summary;
    std::vector<TaskInput> inputs;         ///< the default one first
    std::vector<std::string> conventions;  ///< output conventions of its models
    bool boxes = false;                    ///< its models say boxes
    bool places = false;                   ///< its models say where in a frame something is
    /// Accuracy in [0,1] of one frame's output against the reference's.
    double (*accuracy)(const FrameOutput& result, const FrameOutput& reference, const Scoring&);
    /// The utility that gradients are taken of, of what is said in a frame; null where an output
    /// does not hold the scores that it is of.
    double (*utility)(const FrameOutput& said, const Sidecar& sidecar) = nullptr;
    /// What is truly in a clip, at an analysis size; see ground_truth.hpp.
    std::unique_ptr<GroundTruth> (*truth)(const ClipSpec& clip, const Sidecar& sidecar,
                                          cv::Size size);
    /// Draws an output over its shown() picture, `size` in the input space; see drawing.hpp.
    void (*draw)(cv::Mat& canvas, cv::Size size, const FrameOutput& output, const Sidecar& sidecar);

    /// The names of the media that it takes.
    std::vector<std::string> media() const;
    /// The input of that medium, the default one when the name is empty; throws UsageError with the
    /// list of valid ones.
    const TaskInput& input(const std::string& media) const;
};

/// Every task there is, in the order of `oneadapt-sim list`.
const std::vector<Task>& task_table();

/// The row of that name; throws UsageError with the list of valid ones.
const Task& find_task(const std::string& name);

/// Mean accuracy over the frames of a segment, each frame weighing the same. Both have the same
/// number of frames; the detections of each count from its own threshold on, or the sidecar's.
double segment_accuracy(const Task& task, const Output& result, const Output& reference,
                        const Sidecar& sidecar);

}  // namespace oneadapt
