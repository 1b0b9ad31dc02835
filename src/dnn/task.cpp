#include "dnn/task.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/detect.hpp"
#include "support/errors.hpp"

namespace oneadapt {

const std::vector<Task>& task_table() {
    static const std::vector<Task> table = {
        {.name = "detect",
         .summary = "objects as boxes with a class; accuracy is F1 at IoU 0.5",
         .media = {"video"},
         .conventions = {"boxes_scores", "torchvision"},
         .default_model = "street-n.pt",
         .accuracy = detection_f1},
    };
    return table;
}

const Task& find_task(const std::string& name) {
    const auto& table = task_table();
    const auto found = std::ranges::find(table, name, &Task::name);
    if (found != table.end()) return *found;
    std::vector<std::string> names;
    std::ranges::transform(table, std::back_inserter(names), &Task::name);
    throw UsageError(fmt::format("task '{}'", name), "is unknown",
                     fmt::format("the tasks are {}", fmt::join(names, ", ")));
}

double segment_accuracy(const Task& task, const Output& result, const Output& reference,
                        const Sidecar& sidecar) {
    assert(result.frames.size() == reference.frames.size() && !result.frames.empty());
    double sum = 0.0;
    for (std::size_t i = 0; i < result.frames.size(); ++i) {
        sum += task.accuracy(result.frames[i], reference.frames[i], sidecar);
    }
    return sum / static_cast<double>(result.frames.size());
}

}  // namespace oneadapt
