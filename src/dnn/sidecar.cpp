#include "dnn/sidecar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dnn/input.hpp"
#include "dnn/output.hpp"
#include "dnn/task.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
constexpr FileRole kRole = FileRole::model;
constexpr int kLargestSide = 1 << 14;
constexpr double kFarthest = 1000;  ///< metres
constexpr int kMostCells = 4096;    ///< side of a map

/// Refuses a value outside the list, which the message repeats.
void check_among(const std::string& value, const std::vector<std::string>& valid,
                 const std::string& where) {
    if (std::ranges::find(valid, value) == valid.end()) {
        fail(kRole, where, fmt::format("is '{}'", value),
             fmt::format("write one of: {}", fmt::join(valid, ", ")));
    }
}

const Task& read_task(const json& root, const std::string& where) {
    const auto name = required<std::string>(root, "task", where, kRole);
    std::vector<std::string> names;
    for (const Task& task : task_table()) {
        if (task.name == name) return task;
        names.push_back(task.name);
    }
    check_among(name, names, where + ": key 'task'");
    return task_table().front();
}

void read_size(const json& input, const std::string& where, Sidecar& sidecar) {
    if (input.contains("size") && input.contains("size_multiple")) {
        fail(kRole, where, "has both 'size' and 'size_multiple'", "keep one of them");
    }
    sidecar.size_multiple =
        optional_or<int>(input, "size_multiple", sidecar.size_multiple, where, kRole);
    if (sidecar.size_multiple < 1 || sidecar.size_multiple > kLargestSide) {
        fail(kRole, where + ": key 'size_multiple'",
             fmt::format("{} is out of range", sidecar.size_multiple),
             fmt::format("write a whole number from 1 to {}", kLargestSide));
    }
    if (!input.contains("size")) return;
    const auto size = required<std::vector<int>>(input, "size", where, kRole);
    const auto bad = [](int side) { return side < 2 || side > kLargestSide || side % 2 != 0; };
    if (size.size() != 2 || std::ranges::any_of(size, bad)) {
        fail(kRole, where + ": key 'size'", fmt::format("is [{}]", fmt::join(size, ", ")),
             "write [width, height], both even, e.g. [640, 384]");
    }
    sidecar.fixed_size = cv::Size(size[0], size[1]);
}

void read_range(const json& input, const std::string& where, Sidecar& sidecar) {
    const auto range = optional_or<std::vector<double>>(
        input, "range", {sidecar.range_low, sidecar.range_high}, where, kRole);
    if (range.size() != 2 || !(range[0] < range[1])) {
        fail(kRole, where + ": key 'range'", fmt::format("is [{}]", fmt::join(range, ", ")),
             "write [low, high], what black and white become, e.g. [0, 1]");
    }
    sidecar.range_low = range[0];
    sidecar.range_high = range[1];
}

void read_pictures(const json& input, const std::string& where, Sidecar& sidecar) {
    check_keys(input, {"kind", "channels", "range", "size_multiple", "size"}, where, kRole);
    const auto& channels = find_input(sidecar.input_kind).channels;
    sidecar.channels = optional_or<std::string>(input, "channels", channels.front(), where, kRole);
    check_among(sidecar.channels, channels, where + ": key 'channels'");
    read_range(input, where, sidecar);
    read_size(input, where, sidecar);
}

void read_sound(const json& input, const std::string& where, Sidecar& sidecar) {
    check_keys(input, {"kind", "rate", "window", "hop", "fft", "mels", "low_hz", "high_hz"}, where,
               kRole);
    LogMel& form = sidecar.log_mel;
    const auto whole = [&](const char* key, int& value, int low, int high) {
        value = optional_or<int>(input, key, value, where, kRole);
        if (value >= low && value <= high) return;
        fail(kRole, fmt::format("{}: key '{}'", where, key),
             fmt::format("{} is out of range", value),
             fmt::format("write a whole number from {} to {}", low, high));
    };
    whole("rate", form.rate, 1000, 192000);
    whole("window", form.window, 2, form.rate);
    whole("hop", form.hop, 1, form.rate);
    whole("fft", form.fft, form.window, 1 << 16);
    whole("mels", form.mels, 1, 1024);
    form.low_hz = optional_or<double>(input, "low_hz", form.low_hz, where, kRole);
    form.high_hz = optional_or<double>(input, "high_hz", form.high_hz, where, kRole);
    if (!(0 <= form.low_hz && form.low_hz < form.high_hz && form.high_hz <= form.rate / 2.0)) {
        fail(kRole, where + ": keys 'low_hz' and 'high_hz'",
             fmt::format("are {} and {}", form.low_hz, form.high_hz),
             fmt::format("write 0 <= low_hz < high_hz <= {}, half the rate", form.rate / 2.0));
    }
    sidecar.channels = "log-mel";
    sidecar.size_multiple = 1;
}

/// An interval in metres.
void read_span(const json& input, const char* key, double& low, double& high,
               const std::string& where) {
    const auto span = optional_or<std::vector<double>>(input, key, {low, high}, where, kRole);
    const auto far = [](double metres) { return std::abs(metres) > kFarthest; };
    if (span.size() != 2 || !(span[0] < span[1]) || std::ranges::any_of(span, far)) {
        fail(kRole, fmt::format("{}: key '{}'", where, key),
             fmt::format("is [{}]", fmt::join(span, ", ")),
             fmt::format("write [low, high] in metres, within {} of the sensor", kFarthest));
    }
    low = span[0];
    high = span[1];
}

void read_points(const json& input, const std::string& where, Sidecar& sidecar) {
    check_keys(input, {"kind", "x", "y", "z", "cell"}, where, kRole);
    Bev& form = sidecar.bev;
    read_span(input, "x", form.x_low, form.x_high, where);
    read_span(input, "y", form.y_low, form.y_high, where);
    read_span(input, "z", form.z_low, form.z_high, where);
    form.cell = optional_or<double>(input, "cell", form.cell, where, kRole);
    for (const double metres : {form.x_high - form.x_low, form.y_high - form.y_low}) {
        const double cells = metres / form.cell;
        if (form.cell > 0 && cells > 0.5 && cells < kMostCells + 0.5 &&
            std::abs(cells - std::round(cells)) < 1e-6) {
            continue;
        }
        fail(kRole, where + ": key 'cell'",
             fmt::format("{} m does not divide {} m", form.cell, metres),
             fmt::format("write metres of which x and y are 1 to {} times", kMostCells));
    }
    sidecar.channels = "bev";
    sidecar.size_multiple = 1;
}

void read_input(const json& input, const Task& task, const std::string& where, Sidecar& sidecar) {
    sidecar.input_kind = required<std::string>(input, "kind", where, kRole);
    check_among(sidecar.input_kind, task.media(), where + ": key 'kind'");
    if (sidecar.input_kind == "audio") {
        read_sound(input, where, sidecar);
    } else if (sidecar.input_kind == "lidar") {
        read_points(input, where, sidecar);
    } else {
        read_pictures(input, where, sidecar);
    }
}

std::map<int, std::string> read_classes(const json& root, const std::string& where) {
    const auto classes = required<json>(root, "classes", where, kRole);
    const std::string place = where + ": key 'classes'";
    const char* const remedy = R"(write {"index": "name", ...}, e.g. {"2": "car"})";
    if (!classes.is_object() || classes.empty()) {
        fail(kRole, place, "is not an object with at least one class", remedy);
    }
    std::map<int, std::string> out;
    for (const auto& [key, name] : classes.items()) {
        int index = -1;
        std::from_chars(key.data(), key.data() + key.size(), index);
        if (index < 0 || std::to_string(index) != key) {
            fail(kRole, place, fmt::format("'{}' is not a class index", key), remedy);
        }
        if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
            fail(kRole, place, fmt::format("class {} has no name", key), remedy);
        }
        out.emplace(index, name.get<std::string>());
    }
    return out;
}

double read_share(const json& root, const char* key, double otherwise, float lowest,
                  const std::string& where) {
    const auto value = optional_or<double>(root, key, otherwise, where, kRole);
    if (static_cast<float>(value) < lowest || value >= 1.0) {
        fail(kRole, fmt::format("{}: key '{}'", where, key),
             fmt::format("{} is out of range", value),
             fmt::format("write a number from {} to below 1", lowest));
    }
    return value;
}

}  // namespace

Hash128 Sidecar::output_hash() const {
    Hasher hasher;
    hasher.add(task).add(input_kind).add(channels).add(range_low).add(range_high);
    hasher.add(log_mel.text()).add(output).add(nms_iou).add(classes.size());
    for (const auto& [index, name] : classes) hasher.add(index).add(name);
    if (input_kind == "lidar") hasher.add(bev.text());
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
    const json root = read_json(file, kRole);
    check_keys(root,
               {"task", "input", "output", "classes", "score_threshold", "nms_iou", "loss_scale",
                "source"},
               where, kRole);
    Sidecar sidecar;
    sidecar.file = file;
    const Task& task = read_task(root, where);
    sidecar.task = task.name;
    read_input(required<json>(root, "input", where, kRole), task, where + ": key 'input'", sidecar);
    sidecar.output = required<std::string>(root, "output", where, kRole);
    check_among(sidecar.output, task.conventions, where + ": key 'output'");
    sidecar.classes = read_classes(root, where);
    sidecar.score_threshold =
        read_share(root, "score_threshold", sidecar.score_threshold, Output::kScoreFloor, where);
    sidecar.nms_iou = read_share(root, "nms_iou", sidecar.nms_iou, 0.0F, where);
    sidecar.loss_scale = optional_or<double>(root, "loss_scale", sidecar.loss_scale, where, kRole);
    if (!(sidecar.loss_scale > 0)) {
        fail(kRole, where + ": key 'loss_scale'",
             fmt::format("{} is out of range", sidecar.loss_scale),
             "write a number above 0, or leave it out");
    }
    sidecar.source = optional_or<std::string>(root, "source", "", where, kRole);
    return sidecar;
}

}  // namespace oneadapt
