#include "dnn/task.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/class_map.hpp"
#include "dnn/detect.hpp"
#include "dnn/ground_truth.hpp"
#include "dnn/transcribe.hpp"
#include "support/errors.hpp"
#include "support/table.hpp"

namespace oneadapt {

const std::vector<Task>& task_table() {
    static const std::vector<Task> table = {
        {.name = "detect",
         .summary = "objects as boxes with a class; accuracy is F1 at IoU 0.5",
         .inputs = {{"video", "street-n.pt", "street.json", true},
                    {"infrared", "infrared-n.pt", "street-infrared.json"},
                    {"depth", "depth-n.pt", "street-depth.json"}},
         .conventions = {"boxes_scores", "torchvision"},
         .boxes = true,
         .places = true,
         .accuracy = detection_f1,
         .utility = detection_utility,
         .truth = box_truth,
         .draw = draw_boxes},
        {.name = "segment",
         .summary = "the class of every pixel; accuracy is the mean IoU of the classes",
         .inputs = {{"video", "segment-n.pt", "street-segment.json"}},
         .conventions = {"class_scores"},
         .places = true,
         .accuracy = mean_iou,
         .truth = class_truth,
         .draw = draw_classes},
        {.name = "lidar",
         .summary = "objects in point clouds as boxes seen from above; accuracy is F1 at IoU 0.5",
         .inputs = {{"lidar", "lidar-n.pt", "street-lidar.json"}},
         .conventions = {"boxes_scores"},
         .boxes = true,
         .places = true,
         .accuracy = detection_f1,
         .utility = detection_utility,
         .truth = box3d_truth,
         .draw = draw_boxes},
        {.name = "transcribe",
         .summary = "speech to text; accuracy is 1 - word error rate",
         .inputs = {{"audio", "speech-s.pt", "speech.json", true}},
         .conventions = {"ctc"},
         .accuracy = word_accuracy,
         .truth = word_truth,
         .draw = draw_words},
    };
    return table;
}

std::vector<std::string> Task::media() const {
    std::vector<std::string> names;
    std::ranges::transform(inputs, std::back_inserter(names), &TaskInput::media);
    return names;
}

const TaskInput& Task::input(const std::string& wanted) const {
    if (wanted.empty()) return inputs.front();
    const auto found = std::ranges::find(inputs, wanted, &TaskInput::media);
    if (found != inputs.end()) return *found;
    throw UsageError(fmt::format("--input {}", wanted),
                     fmt::format("is not something that task '{}' takes", name),
                     fmt::format("choose from {}", fmt::join(media(), ", ")));
}

const Task& find_task(const std::string& name) {
    return find_row(task_table(), name, "task");
}

double segment_accuracy(const Task& task, const Output& result, const Output& reference,
                        const Sidecar& sidecar) {
    assert(result.frames.size() == reference.frames.size() && !result.frames.empty());
    const Scoring scoring(sidecar, result.threshold, reference.threshold);
    double sum = 0.0;
    for (std::size_t i = 0; i < result.frames.size(); ++i) {
        sum += task.accuracy(result.frames[i], reference.frames[i], scoring);
    }
    return sum / static_cast<double>(result.frames.size());
}

}  // namespace oneadapt
