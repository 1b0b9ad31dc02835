#include "testbed/device_profile.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

constexpr FileRole kRole = FileRole::input;

struct Field {
    const char* key;
    double DeviceProfile::*member;
};

constexpr Field kFields[] = {
    {"encode_s_per_megapixel", &DeviceProfile::encode_s_per_megapixel},
    {"camera_watts", &DeviceProfile::camera_watts},
    {"server_encode_s_per_megapixel", &DeviceProfile::server_encode_s_per_megapixel},
    {"forward_s_per_gflop", &DeviceProfile::forward_s_per_gflop},
    {"backward_ratio", &DeviceProfile::backward_ratio},
    {"server_watts", &DeviceProfile::server_watts},
    {"latency_s", &DeviceProfile::latency_s},
};

constexpr double kHighest = 1e6;  ///< of any field: days a frame, megawatts

double in_range(double value, const std::string& where, const char* key) {
    check_range(value, 0, kHighest, where + ": " + key, kRole);
    return value;
}

DnnCost read_cost(const nlohmann::json& json, const std::string& where) {
    check_keys(json, {"dnn", "width", "height", "exit", "cap_watts", "seconds", "watts"}, where,
               kRole);
    const auto number = [&](const char* key) {
        return in_range(required<double>(json, key, where, kRole), where, key);
    };
    DnnCost cost{.dnn = required<std::string>(json, "dnn", where, kRole),
                 .size = {required<int>(json, "width", where, kRole),
                          required<int>(json, "height", where, kRole)},
                 .exit = optional_or<int>(json, "exit", 0, where, kRole),
                 .cap_watts = optional_or<double>(json, "cap_watts", 0, where, kRole),
                 .seconds = number("seconds"),
                 .watts = number("watts")};
    in_range(cost.exit, where, "exit");
    in_range(cost.cap_watts, where, "cap_watts");
    return cost;
}

PowerLaw read_power(const nlohmann::json& json, const std::string& where, double peak_watts) {
    check_keys(json, {"caps_watts", "static_watts", "frequency_bound"}, where, kRole);
    PowerLaw law{.caps_watts = required<std::vector<double>>(json, "caps_watts", where, kRole),
                 .static_watts = required<double>(json, "static_watts", where, kRole),
                 .frequency_bound = required<double>(json, "frequency_bound", where, kRole)};
    check_range(law.static_watts, 0, kHighest, where + ": static_watts", kRole);
    check_range(law.frequency_bound, 0, 1, where + ": frequency_bound", kRole);
    std::ranges::sort(law.caps_watts, std::greater<>());
    const bool twice = std::ranges::adjacent_find(law.caps_watts) != law.caps_watts.end();
    if (law.caps_watts.empty() || twice) {
        throw InputError(where + ": caps_watts", "has no caps, or one twice", "name each cap once");
    }
    if (law.caps_watts.back() <= law.static_watts || law.caps_watts.front() > peak_watts) {
        throw InputError(where,
                         fmt::format("has caps out of range: {} to {} W", law.caps_watts.back(),
                                     law.caps_watts.front()),
                         fmt::format("keep them above static_watts, {}, and up to server_watts, {}",
                                     law.static_watts, peak_watts));
    }
    return law;
}

nlohmann::json cost_json(const DnnCost& cost) {
    return {{"dnn", cost.dnn},    {"width", cost.size.width},    {"height", cost.size.height},
            {"exit", cost.exit},  {"cap_watts", cost.cap_watts}, {"seconds", cost.seconds},
            {"watts", cost.watts}};
}

}  // namespace

bool same_place(const DnnCost& a, const DnnCost& b) {
    return a.dnn == b.dnn && a.size == b.size && a.exit == b.exit && a.cap_watts == b.cap_watts;
}

DnnCost DeviceProfile::cost(const std::string& dnn, cv::Size size, double gflop, int exit,
                            double cap_watts) const {
    DnnCost wanted{
        .dnn = dnn, .size = size, .exit = exit, .cap_watts = cap_watts, .seconds = 0, .watts = 0};
    const auto known = [&] {
        return std::ranges::find_if(dnns, [&](const DnnCost& c) { return same_place(c, wanted); });
    };
    if (const auto found = known(); found != dnns.end()) return *found;
    if (cap_watts > 0) {
        if (power.caps_watts.empty()) {
            throw InputError(
                fmt::format("device profile '{}'", name),
                fmt::format("has no cost of '{}'{} at {} W", dnn,
                            exit > 0 ? fmt::format(", exit {},", exit) : "", cap_watts),
                "measure it, or give the profile a 'power' law");
        }
        wanted = cost(dnn, size, gflop, exit);
        wanted.seconds *= power.slowdown(cap_watts, wanted.watts);
        wanted.watts = std::min(wanted.watts, cap_watts);
        wanted.cap_watts = cap_watts;
        return wanted;
    }
    wanted.seconds = forward_s_per_gflop * gflop;
    wanted.watts = server_watts;
    return wanted;
}

std::vector<double> DeviceProfile::caps() const {
    if (!power.caps_watts.empty()) return power.caps_watts;
    std::set<double, std::greater<>> caps;
    for (const DnnCost& known : dnns) {
        if (known.cap_watts > 0) caps.insert(known.cap_watts);
    }
    return {caps.begin(), caps.end()};
}

DeviceProfile load_device_profile(const std::filesystem::path& file) {
    const nlohmann::json json = read_json(file, kRole);
    const std::string where = file.string();
    check_keys(json,
               {"name", "encode_s_per_megapixel", "camera_watts", "server_encode_s_per_megapixel",
                "forward_s_per_gflop", "camera_s_per_gflop", "backward_ratio", "server_watts",
                "latency_s", "idle_ratio", "power", "source", "dnns"},
               where, kRole);
    DeviceProfile profile;
    profile.name = required<std::string>(json, "name", where, kRole);
    for (const Field& field : kFields) {
        profile.*field.member =
            in_range(required<double>(json, field.key, where, kRole), where, field.key);
    }
    profile.camera_s_per_gflop = in_range(
        optional_or<double>(json, "camera_s_per_gflop", profile.forward_s_per_gflop, where, kRole),
        where, "camera_s_per_gflop");
    profile.idle_ratio =
        in_range(optional_or<double>(json, "idle_ratio", 0, where, kRole), where, "idle_ratio");
    profile.source = optional_or<std::string>(json, "source", "", where, kRole);
    if (json.contains("power")) {
        profile.power = read_power(json["power"], where + ": key 'power'", profile.server_watts);
    }
    for (const auto& entry :
         optional_or<std::vector<nlohmann::json>>(json, "dnns", {}, where, kRole)) {
        profile.dnns.push_back(
            read_cost(entry, fmt::format("{}: dnns[{}]", where, profile.dnns.size())));
    }
    check_costs(profile.dnns, where);
    return profile;
}

nlohmann::json to_json(const DeviceProfile& profile) {
    nlohmann::json json = {{"name", profile.name}};
    for (const Field& field : kFields) json[field.key] = profile.*field.member;
    json["camera_s_per_gflop"] = profile.camera_s_per_gflop;
    if (profile.idle_ratio > 0) json["idle_ratio"] = profile.idle_ratio;
    if (!profile.source.empty()) json["source"] = profile.source;
    if (!profile.power.caps_watts.empty()) {
        json["power"] = {{"caps_watts", profile.power.caps_watts},
                         {"static_watts", profile.power.static_watts},
                         {"frequency_bound", profile.power.frequency_bound}};
    }
    if (profile.dnns.empty()) return json;
    for (const DnnCost& cost : profile.dnns) json["dnns"].push_back(cost_json(cost));
    return json;
}

}  // namespace oneadapt
