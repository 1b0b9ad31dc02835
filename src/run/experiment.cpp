#include "run/experiment.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "run/fields.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

/// Far more than anyone can run; keeps a mistyped axis from filling the memory.
constexpr std::size_t kMostCells = 1'000'000;

/// Fit for a file's name, and different for different texts: all but plain characters as %XX.
std::string encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return out;
}

/// "link=2", of a field that a point sets.
std::string part_of_id(const Field& field, const json& value, const std::string& where) {
    RunSpec alone;
    field.clear(alone);
    field.load(alone, value, where);
    std::vector<std::string> texts = field.texts(alone);
    std::ranges::transform(texts, texts.begin(), encoded);
    return fmt::format("{}={}", field.key, fmt::join(texts, "+"));
}

std::string id_of(const json& point, const std::string& where) {
    std::vector<std::string> parts;
    for (const Field& field : fields()) {
        const auto value = point.find(field.key);
        if (value != point.end()) parts.push_back(part_of_id(field, *value, where));
    }
    return fmt::format("{}", fmt::join(parts, ","));
}

/// Refuses a point whose fields are unknown or of the wrong type; values are checked cell by cell.
void check_point(const json& point, const std::string& where) {
    std::vector<std::string> keys;
    for (const Field& field : fields()) keys.push_back(field.key);
    check_keys(point, keys, where, FileRole::input);
    if (point.empty()) {
        throw InputError(where, "changes no field", "name at least one, e.g. {\"link\": 2}");
    }
    RunSpec alone;
    for (const auto& [key, value] : point.items()) {
        const std::string place = json_detail::place(where, key.c_str());
        try {
            find_field(key)->load(alone, value, place);
        } catch (const UsageError& error) {
            throw InputError(place, error.what(), "");
        }
    }
}

Axis read_axis(const json& from, const std::string& where) {
    Axis axis;
    if (from.is_array()) {
        axis.points.assign(from.begin(), from.end());
    } else {
        check_object(from, where, FileRole::input);
        if (from.size() != 1) {
            throw InputError(where, fmt::format("has {} fields", from.size()),
                             "name one field with a list of its values, or write a list of objects "
                             "that each move several");
        }
        const auto field = from.begin();
        json_detail::check_array(*field, json_detail::place(where, field.key().c_str()),
                                 FileRole::input);
        for (const json& value : *field) axis.points.push_back({{field.key(), value}});
    }
    if (axis.points.empty()) throw InputError(where, "has no points", "give it at least one");
    for (std::size_t i = 0; i < axis.points.size(); ++i) {
        check_point(axis.points[i], fmt::format("{}[{}]", where, i));
    }
    return axis;
}

json axis_json(const Axis& axis) {
    const json& first = axis.points.front();
    const std::string key = first.begin().key();
    const bool one_field = std::ranges::all_of(
        axis.points, [&](const json& point) { return point.size() == 1 && point.contains(key); });
    if (!one_field) return axis.points;
    json values = json::array();
    for (const json& point : axis.points) values.push_back(point[key]);
    return {{key, values}};
}

std::size_t count_cells(const Experiment& experiment, const std::string& where) {
    std::size_t count = 1;
    for (const Axis& axis : experiment.axes) {
        count *= axis.points.size();
        if (count <= kMostCells) continue;
        throw InputError(where, fmt::format("has more than {} cells", kMostCells),
                         "give the axes fewer points");
    }
    return count;
}

}  // namespace

Experiment experiment_from_json(const json& object, const std::string& where) {
    constexpr FileRole role = FileRole::input;
    check_keys(object, {"name", "base", "axes"}, where, role);
    Experiment experiment;
    experiment.name = required<std::string>(object, "name", where, role);
    if (encoded(experiment.name) != experiment.name || experiment.name.empty()) {
        throw InputError(json_detail::place(where, "name"),
                         fmt::format("'{}' names no folder", experiment.name),
                         "use letters, digits, '-', '.' and '_'");
    }
    experiment.base = spec_from_json(optional_or<json>(object, "base", json::object(), where, role),
                                     json_detail::place(where, "base"));
    const auto axes = required<std::vector<json>>(object, "axes", where, role);
    const std::string place = json_detail::place(where, "axes");
    if (axes.empty()) throw InputError(place, "is empty", "add an axis, or run the base as a spec");
    for (std::size_t i = 0; i < axes.size(); ++i) {
        experiment.axes.push_back(read_axis(axes[i], fmt::format("{}[{}]", place, i)));
    }
    cells(experiment, where);
    return experiment;
}

Experiment load_experiment(const std::filesystem::path& file) {
    return experiment_from_json(read_json(file, FileRole::input), file.string());
}

json to_json(const Experiment& experiment) {
    json axes = json::array();
    for (const Axis& axis : experiment.axes) axes.push_back(axis_json(axis));
    return {{"name", experiment.name}, {"base", to_json(experiment.base)}, {"axes", axes}};
}

std::vector<Cell> cells(const Experiment& experiment, const std::string& where) {
    std::vector<Cell> all;
    std::map<Hash128, std::string> seen;
    std::set<std::string> ids;
    const std::size_t count = count_cells(experiment, where);
    for (std::size_t place = 0; place < count; ++place) {
        json point = json::object();
        std::size_t stride = count;
        for (const Axis& axis : experiment.axes) {
            stride /= axis.points.size();
            point.merge_patch(axis.points[place / stride % axis.points.size()]);
        }
        const std::string id = id_of(point, where);
        const std::string cell = fmt::format("{}: cell '{}'", where, id);
        RunSpec spec = changed(experiment.base, point, cell);
        const Hash128 hash = hash_of(spec);
        const auto [other, is_new] = seen.emplace(hash, id);
        if (!is_new) {
            throw InputError(cell, fmt::format("is the same run as cell '{}'", other->second),
                             "let every combination of points differ");
        }
        if (!ids.insert(id).second) {
            throw InputError(cell, "is there twice",
                             "spell the same value alike, or leave one out");
        }
        all.push_back({.point = point, .id = id, .spec = std::move(spec), .hash = hash});
    }
    return all;
}

std::vector<Cell> shard(const std::vector<Cell>& all, int index, int count) {
    if (index < 0 || index >= count) {
        throw UsageError(fmt::format("shard {} of {}", index, count), "does not exist",
                         "shards count from 0 to one less than there are");
    }
    std::vector<Cell> some;
    const auto step = static_cast<std::size_t>(count);
    for (auto i = static_cast<std::size_t>(index); i < all.size(); i += step) {
        some.push_back(all[i]);
    }
    return some;
}

}  // namespace oneadapt
