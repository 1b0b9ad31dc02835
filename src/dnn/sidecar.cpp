#include "dnn/sidecar.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/input.hpp"
#include "dnn/output.hpp"
#include "dnn/task.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

const Task& read_task(const json& root, const std::string& where) {
    const auto name = required<std::string>(root, "task", where, kSidecarRole);
    std::vector<std::string> names;
    for (const Task& task : task_table()) {
        if (task.name == name) return task;
        names.push_back(task.name);
    }
    check_among(name, names, where + ": key 'task'", kSidecarRole);
    return task_table().front();
}

void read_input(const json& input, const Task& task, const std::string& where, Sidecar& sidecar) {
    sidecar.input_kind = required<std::string>(input, "kind", where, kSidecarRole);
    check_among(sidecar.input_kind, task.media(), where + ": key 'kind'", kSidecarRole);
    find_input(sidecar.input_kind).read(input, where, sidecar);
}

std::map<int, std::string> read_classes(const json& root, const std::string& where) {
    const auto classes = required<json>(root, "classes", where, kSidecarRole);
    const std::string place = where + ": key 'classes'";
    const char* const remedy = R"(write {"index": "name", ...}, e.g. {"2": "car"})";
    if (!classes.is_object() || classes.empty()) {
        fail(kSidecarRole, place, "is not an object with at least one class", remedy);
    }
    std::map<int, std::string> out;
    for (const auto& [key, name] : classes.items()) {
        const int index = number_in<int>(key).value_or(-1);
        if (index < 0 || std::to_string(index) != key) {
            fail(kSidecarRole, place, fmt::format("'{}' is not a class index", key), remedy);
        }
        if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
            fail(kSidecarRole, place, fmt::format("class {} has no name", key), remedy);
        }
        out.emplace(index, name.get<std::string>());
    }
    return out;
}

double read_share(const json& root, const char* key, double otherwise, float lowest,
                  const std::string& where) {
    const auto value = optional_or<double>(root, key, otherwise, where, kSidecarRole);
    if (static_cast<float>(value) < lowest || value >= 1.0) {
        fail(kSidecarRole, fmt::format("{}: key '{}'", where, key),
             fmt::format("{} is out of range", value),
             fmt::format("write a number from {} to below 1", lowest));
    }
    return value;
}

}  // namespace

float Sidecar::score_floor() const {
    constexpr float kRarelyOfUse = 0.2F;
    const auto nearest = static_cast<float>(score_threshold);
    // A floor that rounding put above the threshold would leave out a score that counts.
    const bool above = static_cast<double>(nearest) > score_threshold;
    return std::min(kRarelyOfUse, above ? std::nextafter(nearest, 0.0F) : nearest);
}

Hash128 Sidecar::output_hash() const {
    Hasher hasher;
    hasher.add(task).add(input_kind).add(channels).add(range_low).add(range_high);
    hasher.add(log_mel.text()).add(output).add(nms_iou).add(classes.size());
    for (const auto& [index, name] : classes) hasher.add(index).add(name);
    hasher.add(bev.text()).add(score_floor());
    return hasher.finish();
}

std::string first_difference(const Sidecar& a, const Sidecar& b) {
    if (a.task != b.task) return "task";
    if (a.input_kind != b.input_kind) return "input.kind";
    if (a.channels != b.channels) return "input.channels";
    if (a.range_low != b.range_low || a.range_high != b.range_high) return "input.range";
    if (a.size_multiple != b.size_multiple) return "input.size_multiple";
    if (a.fixed_size != b.fixed_size) return "input.size";
    if (a.log_mel.text() != b.log_mel.text() || a.bev.text() != b.bev.text()) return "input";
    if (a.output != b.output) return "output";
    return a.classes == b.classes ? "" : "classes";
}

std::filesystem::path sidecar_path(const std::filesystem::path& model) {
    return std::filesystem::path(model).replace_extension(".json");
}

Sidecar load_sidecar(const std::filesystem::path& file) {
    const std::string where = file.string();
    const json root = read_json(file, kSidecarRole);
    check_keys(root,
               {"task", "input", "output", "classes", "score_threshold", "nms_iou", "loss_scale",
                "exits", "source"},
               where, kSidecarRole);
    Sidecar sidecar;
    sidecar.file = file;
    const Task& task = read_task(root, where);
    sidecar.task = task.name;
    read_input(required<json>(root, "input", where, kSidecarRole), task, where + ": key 'input'",
               sidecar);
    sidecar.output = required<std::string>(root, "output", where, kSidecarRole);
    check_among(sidecar.output, task.conventions, where + ": key 'output'", kSidecarRole);
    sidecar.classes = read_classes(root, where);
    sidecar.score_threshold = read_share(root, "score_threshold", sidecar.score_threshold,
                                         Sidecar::kLowestThreshold, where);
    sidecar.nms_iou = read_share(root, "nms_iou", sidecar.nms_iou, 0.0F, where);
    sidecar.loss_scale =
        optional_or<double>(root, "loss_scale", sidecar.loss_scale, where, kSidecarRole);
    check_range(sidecar.loss_scale, 1e-12, 1e12, where + ": key 'loss_scale'", kSidecarRole);
    sidecar.exits = optional_or<int>(root, "exits", 0, where, kSidecarRole);
    if (root.contains("exits")) {
        constexpr int kMostExits = 64;
        check_range(sidecar.exits, 2, kMostExits, where + ": key 'exits'", kSidecarRole);
    }
    sidecar.source = optional_or<std::string>(root, "source", "", where, kSidecarRole);
    return sidecar;
}

}  // namespace oneadapt
