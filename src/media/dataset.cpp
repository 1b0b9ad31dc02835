#include "media/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr FileRole kRole = FileRole::input;
constexpr double kLongestSeconds = 1e9;
constexpr double kLowestRate = 1e-6;  ///< frames per second
constexpr double kHighestRate = 1e6;
constexpr double kFarthestLabel = 1e6;  ///< pixels or metres
constexpr const char* kLabelsFormat = "oneadapt-labels-1";
constexpr const char* kBoxes3dFormat = "oneadapt-boxes3d-1";
constexpr const char* kTranscriptFormat = "oneadapt-transcript-1";

std::optional<fs::path> optional_path(const json& object, const char* key, const fs::path& folder,
                                      const std::string& where) {
    if (!object.contains(key)) return std::nullopt;
    const auto text = required<std::string>(object, key, where, kRole);
    if (text.empty()) {
        fail(kRole, where, fmt::format("key '{}' is an empty path", key), "name a file");
    }
    return folder / text;
}

std::string non_empty(const json& object, const char* key, const std::string& where) {
    auto text = required<std::string>(object, key, where, kRole);
    if (text.empty()) fail(kRole, where, fmt::format("key '{}' is empty", key), "give it a text");
    return text;
}

PointForm read_point_form(const json& object, const std::string& where) {
    PointForm form;
    if (object.contains("point-layout")) {
        form.layout = non_empty(object, "point-layout", where);
    }
    if (object.contains("intensity-max")) {
        form.brightest = required<double>(object, "intensity-max", where, kRole);
        if (*form.brightest <= 0) {
            fail(kRole, where, fmt::format("intensity-max {} is not positive", *form.brightest),
                 "give the intensity that counts as 1, e.g. 255");
        }
    }
    return form;
}

ClipSpec read_clip(const json& object, const fs::path& folder, const std::string& place) {
    check_keys(object,
               {"name", "kind", "file", "start", "duration", "labels", "scene", "point-layout",
                "intensity-max"},
               place, kRole);
    ClipSpec clip;
    clip.name = non_empty(object, "name", place);
    const std::string where = fmt::format("{} '{}'", place, clip.name);
    clip.kind = optional_or<std::string>(object, "kind", clip.kind, where, kRole);
    clip.file = folder / non_empty(object, "file", where);
    clip.start_s = optional_or<double>(object, "start", 0.0, where, kRole);
    check_range(clip.start_s, 0, kLongestSeconds, where + ": key 'start'", kRole);
    if (object.contains("duration")) {
        clip.duration_s = required<double>(object, "duration", where, kRole);
        check_range(*clip.duration_s, 1e-3, kLongestSeconds, where + ": key 'duration'", kRole);
    }
    clip.points = read_point_form(object, where);
    clip.labels = optional_path(object, "labels", folder, where);
    clip.scene = optional_path(object, "scene", folder, where);
    return clip;
}

std::string read_class(const json& object, const std::set<std::string>& classes,
                       const std::string& where) {
    auto name = required<std::string>(object, "class", where, kRole);
    if (classes.contains(name)) return name;
    fail(kRole, where, fmt::format("class '{}' is not among 'classes'", name),
         "add it there or mend the name");
}

Label read_label(const json& object, const std::set<std::string>& classes,
                 const std::string& where) {
    check_keys(object, {"class", "box", "id", "visible", "ignored"}, where, kRole);
    optional_or<int>(object, "id", 0, where, kRole);  // tells objects apart; not used here
    optional_or<double>(object, "visible", 1.0, where, kRole);
    Label label;
    label.ignored = optional_or<bool>(object, "ignored", false, where, kRole);
    label.label_class = read_class(object, classes, where);
    const auto box = required<std::vector<double>>(object, "box", where, kRole);
    if (box.size() != 4 || box[0] > box[2] || box[1] > box[3]) {
        fail(kRole, where, "key 'box' is not [x1, y1, x2, y2] with x1 <= x2 and y1 <= y2",
             "give pixels of the labelled size");
    }
    for (const double side : box) {
        check_range(side, -kFarthestLabel, kFarthestLabel, where + ": key 'box'", kRole);
    }
    label.box = cv::Rect2f(cv::Point2f(static_cast<float>(box[0]), static_cast<float>(box[1])),
                           cv::Point2f(static_cast<float>(box[2]), static_cast<float>(box[3])));
    return label;
}

cv::Vec3d read_triple(const json& object, const char* key, const std::string& where) {
    const auto numbers = required<std::vector<double>>(object, key, where, kRole);
    if (numbers.size() != 3) {
        fail(kRole, where, fmt::format("key '{}' has {} numbers", key, numbers.size()),
             "give three, in metres");
    }
    for (const double metres : numbers) {
        check_range(metres, -kFarthestLabel, kFarthestLabel,
                    fmt::format("{}: key '{}'", where, key), kRole);
    }
    return {numbers[0], numbers[1], numbers[2]};
}

Box3d read_box3d(const json& object, const std::set<std::string>& classes,
                 const std::string& where) {
    check_keys(object, {"class", "center", "size", "yaw", "id", "points", "ignored"}, where, kRole);
    optional_or<int>(object, "id", 0, where, kRole);  // tells objects apart; not used here
    optional_or<int>(object, "points", 0, where, kRole);
    Box3d box;
    box.label_class = read_class(object, classes, where);
    box.centre = read_triple(object, "center", where);
    box.size = read_triple(object, "size", where);
    if (box.size[0] <= 0 || box.size[1] <= 0 || box.size[2] <= 0) {
        fail(kRole, where, "key 'size' is not positive", "give length, width and height in metres");
    }
    box.yaw = required<double>(object, "yaw", where, kRole);
    box.ignored = optional_or<bool>(object, "ignored", false, where, kRole);
    return box;
}

/// The labels of each frame, read one by one; classes are those that the file lists.
template <class Item>
std::vector<std::vector<Item>> read_frames(const json& root, const std::string& where,
                                           Item (*read)(const json&, const std::set<std::string>&,
                                                        const std::string&)) {
    const auto names = required<std::vector<std::string>>(root, "classes", where, kRole);
    const std::set<std::string> classes(names.begin(), names.end());
    const auto frames = required<std::vector<std::vector<json>>>(root, "frames", where, kRole);
    std::vector<std::vector<Item>> out(frames.size());
    for (std::size_t f = 0; f < frames.size(); ++f) {
        for (std::size_t i = 0; i < frames[f].size(); ++i) {
            const std::string place = fmt::format("{}: frame {}, object {}", where, f, i);
            out[f].push_back(read(frames[f][i], classes, place));
        }
    }
    return out;
}

void check_format(const json& root, const char* wanted, const std::string& where) {
    const auto format = required<std::string>(root, "format", where, kRole);
    if (format == wanted) return;
    fail(kRole, where, fmt::format("has the format '{}'", format),
         fmt::format("this program reads '{}' here", wanted));
}

}  // namespace

Dataset load_dataset(const fs::path& manifest) {
    const json root = read_json(manifest, kRole);
    const std::string where = manifest.string();
    check_keys(root, {"name", "clips"}, where, kRole);
    Dataset dataset;
    dataset.name = non_empty(root, "name", where);
    const auto clips = required<std::vector<json>>(root, "clips", where, kRole);
    if (clips.empty()) fail(kRole, where, "has no clips", "list at least one");
    std::set<std::string> names;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        const std::string place = fmt::format("{}: clip {}", where, i + 1);
        dataset.clips.push_back(read_clip(clips[i], manifest.parent_path(), place));
        if (!names.insert(dataset.clips.back().name).second) {
            fail(kRole, place, fmt::format("name '{}' is taken", dataset.clips.back().name),
                 "give each clip a name of its own");
        }
    }
    return dataset;
}

Transcript load_transcript(const fs::path& file) {
    const json root = read_json(file, kRole);
    const std::string where = file.string();
    check_keys(root, {"format", "seconds", "utterances"}, where, kRole);
    check_format(root, kTranscriptFormat, where);
    Transcript transcript;
    std::vector<Utterance>& utterances = transcript.utterances;
    for (const json& item : required<std::vector<json>>(root, "utterances", where, kRole)) {
        const std::string place = fmt::format("{}: utterance {}", where, utterances.size());
        check_keys(item, {"start", "end", "text", "voice"}, place, kRole);
        optional_or<std::string>(item, "voice", "", place, kRole);  // for people
        const Utterance utterance{required<double>(item, "start", place, kRole),
                                  required<double>(item, "end", place, kRole),
                                  required<std::string>(item, "text", place, kRole)};
        const double earliest = utterances.empty() ? 0 : utterances.back().start_s;
        if (utterance.start_s < earliest || utterance.end_s < utterance.start_s) {
            fail(kRole, place,
                 fmt::format("is from {} s to {} s", utterance.start_s, utterance.end_s),
                 fmt::format("let it start at {} s or later, before it ends", earliest));
        }
        check_range(utterance.end_s, 0, kLongestSeconds, place + ": key 'end'", kRole);
        utterances.push_back(utterance);
        transcript.seconds = std::max(transcript.seconds, utterance.end_s);
    }
    transcript.seconds = optional_or<double>(root, "seconds", transcript.seconds, where, kRole);
    check_range(transcript.seconds, 0, kLongestSeconds, where + ": key 'seconds'", kRole);
    return transcript;
}

Labels load_labels(const fs::path& file) {
    const json root = read_json(file, kRole);
    const std::string where = file.string();
    check_keys(root, {"format", "width", "height", "fps", "classes", "frames"}, where, kRole);
    check_format(root, kLabelsFormat, where);
    Labels labels;
    labels.size = {required<int>(root, "width", where, kRole),
                   required<int>(root, "height", where, kRole)};
    labels.fps = required<double>(root, "fps", where, kRole);
    if (labels.size.width <= 0 || labels.size.height <= 0 || labels.fps <= 0) {
        fail(kRole, where, "width, height or fps is not positive", "give those of the recording");
    }
    check_range(labels.fps, kLowestRate, kHighestRate, where + ": key 'fps'", kRole);
    labels.frames = read_frames(root, where, read_label);
    return labels;
}

Boxes3d load_boxes3d(const fs::path& file) {
    const json root = read_json(file, kRole);
    const std::string where = file.string();
    check_keys(root, {"format", "fps", "classes", "frames"}, where, kRole);
    check_format(root, kBoxes3dFormat, where);
    Boxes3d boxes;
    boxes.fps = required<double>(root, "fps", where, kRole);
    check_range(boxes.fps, kLowestRate, kHighestRate, where + ": key 'fps'", kRole);
    boxes.frames = read_frames(root, where, read_box3d);
    return boxes;
}

}  // namespace oneadapt
