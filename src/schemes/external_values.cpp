#include "schemes/external_values.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "schemes/external.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt::external_values {
namespace {

constexpr FileRole kRole = FileRole::input;

json written(const KnobValue& value) {
    return value.named() ? json(value.name()) : json(value.number());
}

json written(const Goal& goal) {
    json out = {{"prices",
                 {{"bandwidth", goal.prices.bandwidth},
                  {"gpu", goal.prices.gpu},
                  {"energy", goal.prices.energy}}},
                {"weight", nullptr},
                {"deadline", nullptr},
                {"min_accuracy", nullptr},
                {"max_energy_j", nullptr}};
    if (goal.weight) out["weight"] = *goal.weight;
    if (goal.deadline) out["deadline"] = goal.deadline->value;
    if (goal.min_accuracy) out["min_accuracy"] = *goal.min_accuracy;
    if (goal.max_energy_j) out["max_energy_j"] = *goal.max_energy_j;
    return out;
}

json written_knobs(const KnobSpace& space) {
    json knobs = json::array();
    for (const Knob& knob : space.knobs()) {
        const KnobKind& kind = find_knob(knob.name);
        json values = json::array();
        for (const KnobValue& value : knob.values) values.push_back(written(value));
        knobs.push_back({{"name", knob.name},
                         {"values", std::move(values)},
                         {"acts_on", machine_name(kind.acts_on)},
                         {"regional", kind.regional()}});
    }
    return knobs;
}

json written(const RegionGrid& regions) {
    json of_tile = json::array();
    for (int row = 0; row < regions.of_tile.rows; ++row) {
        const int* first = regions.of_tile.ptr<int>(row);
        of_tile.push_back(std::vector<int>(first, first + regions.of_tile.cols));
    }
    return {{"columns", regions.size.width},
            {"rows", regions.size.height},
            {"of_tile", std::move(of_tile)}};
}

json written(const std::vector<DnnProfile>& dnns) {
    json out = json::array();
    for (const DnnProfile& dnn : dnns) {
        out.push_back({{"name", dnn.name},
                       {"seconds", dnn.seconds},
                       {"watts", dnn.watts},
                       {"cap_watts", dnn.cap_watts},
                       {"exits", dnn.exits},
                       {"accuracy", dnn.accuracy ? json(*dnn.accuracy) : json()}});
    }
    return out;
}

json written(const FrameOutput& frame) {
    json boxes = json::array();
    for (const Detection& d : frame.detections) {
        boxes.push_back({d.x1, d.y1, d.x2, d.y2, d.score, d.label});
    }
    json out = {{"boxes", std::move(boxes)}, {"words", frame.words}};
    if (frame.classes.empty()) return out;
    json classes = json::array();
    for (int row = 0; row < frame.classes.rows; ++row) {
        const std::uint8_t* first = frame.classes.ptr<std::uint8_t>(row);
        classes.push_back(std::vector<int>(first, first + frame.classes.cols));
    }
    out["classes"] = std::move(classes);
    return out;
}

/// The knob's value that is written so.
const KnobValue& read_value(const json& from, const Knob& knob, const std::string& where) {
    const auto found = std::ranges::find_if(
        knob.values, [&](const KnobValue& value) { return written(value) == from; });
    if (found != knob.values.end()) return *found;
    throw InputError(where, fmt::format("{} is not a value of the knob", from.dump()),
                     fmt::format("choose from {}", fmt::join(texts(knob.values), ", ")));
}

/// A value for each region.
std::vector<double> read_values(const json& from, const Knob& knob, const RegionGrid& regions,
                                const std::string& where) {
    const auto count = static_cast<std::size_t>(regions.size.area());
    if (!find_knob(knob.name).regional() || from.size() != count) {
        throw InputError(where, fmt::format("has {} values", from.size()),
                         find_knob(knob.name).regional()
                             ? fmt::format("write one for each of {} regions, or one", count)
                             : "write one: the knob has no regions");
    }
    std::vector<double> values;
    values.reserve(count);
    for (const json& value : from) values.push_back(read_value(value, knob, where).number());
    return values;
}

Detection read_box(const json& from, const std::string& where) {
    std::vector<double> numbers;
    json_detail::read(from, numbers, where, kRole);
    if (numbers.size() != 6 || numbers[5] < 0 || numbers[5] > 1e6) {
        throw InputError(where, "is not a box", "write [x1, y1, x2, y2, score, label]");
    }
    const auto real = [&](std::size_t i) { return static_cast<float>(numbers[i]); };
    return {real(0), real(1), real(2), real(3), real(4), static_cast<std::int32_t>(numbers[5])};
}

}  // namespace

json start_message(const SchemeSetting& setting, const Testbed& testbed) {
    return {{"type", "start"},
            {"protocol", kExternalProtocol},
            {"clip", setting.clip},
            {"goal", written(setting.goal)},
            {"knobs", written_knobs(setting.space)},
            {"reference", written(setting.space.reference(), setting.space)},
            {"regions", written(setting.regions)},
            {"dnns", written(testbed.profile())},
            {"link_limited", testbed.link().limited()},
            {"loss_scale", testbed.loss_scale()}};
}

json segment_message(const Testbed& testbed) {
    const SegmentInfo& segment = testbed.segment();
    const std::optional<SimSeconds> due = testbed.due();
    json ticks = json::array();
    for (const LinkTick& tick : testbed.link().ticks()) {
        ticks.push_back({{"queued_bytes", tick.queued_bytes}, {"sent_bytes", tick.sent_bytes}});
    }
    return {{"type", "segment"},
            {"index", segment.index},
            {"frames", segment.frames},
            {"start", segment.start.value},
            {"duration", segment.duration.value},
            {"due", due ? json(due->value) : json()},
            {"ticks", std::move(ticks)}};
}

json written(const ForwardPass& pass) {
    return {{"from", pass.from.value},
            {"finished", pass.finished ? json(*pass.finished) : json()},
            {"frames", pass.frames},
            {"done", pass.done.value},
            {"stopped", pass.stopped.value}};
}

json written(const Ledger& ledger) {
    return {{"uplink_bytes", ledger.uplink_bytes},
            {"downlink_bytes", ledger.downlink_bytes},
            {"camera_encodes", ledger.camera_encodes},
            {"server_encodes", ledger.server_encodes},
            {"forward_frames", ledger.forward_frames},
            {"backward_frames", ledger.backward_frames},
            {"gflop", ledger.gflop},
            {"busy_camera", ledger.busy_camera.value},
            {"busy_server", ledger.busy_server.value},
            {"energy_j", ledger.energy_j}};
}

json written(const Output& output) {
    json frames = json::array();
    for (const FrameOutput& frame : output.frames) frames.push_back(written(frame));
    return frames;
}

json written(const TileMap& map) {
    return {{"rows", map.size().height}, {"columns", map.size().width}};
}

json tiles(const TileMap& map) {
    const cv::Mat& tiles = map.tiles();
    json rows = json::array();
    for (int row = 0; row < tiles.rows; ++row) {
        const float* first = tiles.ptr<float>(row);
        rows.push_back(std::vector<float>(first, first + tiles.cols));
    }
    return rows;
}

json written(const Configuration& configuration, const KnobSpace& space) {
    json out = json::object();
    for (const Knob& knob : space.knobs()) {
        const auto name = configuration.names().find(knob.name);
        if (name != configuration.names().end()) {
            out[knob.name] = name->second;
            continue;
        }
        const auto& values = configuration.values().find(knob.name)->second;
        out[knob.name] = values.size() == 1 ? json(values.front()) : json(values);
    }
    return out;
}

Configuration read_configuration(const json& from, const KnobSpace& space,
                                 const RegionGrid& regions, const std::string& where) {
    std::vector<std::string> names;
    for (const Knob& knob : space.knobs()) names.push_back(knob.name);
    check_keys(from, names, where, kRole);
    Configuration configuration;
    for (const Knob& knob : space.knobs()) {
        const json value = required<json>(from, knob.name.c_str(), where, kRole);
        const std::string place = json_detail::place(where, knob.name.c_str());
        if (value.is_array()) {
            configuration.set_regions(knob.name, read_values(value, knob, regions, place));
        } else {
            configuration.set(knob.name, read_value(value, knob, place));
        }
    }
    return configuration;
}

RegionMask read_regions(const json& from, const RegionGrid& regions, const std::string& where) {
    if (regions.of_tile.empty()) {
        throw InputError(where, "is for frames with regions", "leave it out: these have none");
    }
    std::vector<int> numbers;
    json_detail::read(from, numbers, where, kRole);
    RegionMask mask(static_cast<std::size_t>(regions.size.area()), false);
    for (const int number : numbers) {
        if (number < 0 || number >= regions.size.area()) {
            throw InputError(where, fmt::format("{} is no region", number),
                             fmt::format("they count from 0 to {}", regions.size.area() - 1));
        }
        mask[static_cast<std::size_t>(number)] = true;
    }
    return mask;
}

Output read_output(const json& from, const std::string& where) {
    json_detail::check_array(from, where, kRole);
    Output output;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::string place = fmt::format("{}[{}]", where, i);
        check_keys(from[i], {"boxes", "words"}, place, kRole);
        FrameOutput& frame = output.frames.emplace_back();
        for (const json& box : optional_or<std::vector<json>>(from[i], "boxes", {}, place, kRole)) {
            frame.detections.push_back(read_box(box, place));
        }
        std::ranges::stable_sort(frame.detections, std::greater{}, &Detection::score);
        frame.words = optional_or<std::vector<std::string>>(from[i], "words", {}, place, kRole);
    }
    return output;
}

}  // namespace oneadapt::external_values
