#include "testbed/device_profile.hpp"

#include <algorithm>

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
    const DnnCost wanted{.dnn = dnn,
                         .size = size,
                         .exit = exit,
                         .cap_watts = cap_watts,
                         .seconds = forward_s_per_gflop * gflop,
                         .watts = server_watts};
    const auto found =
        std::ranges::find_if(dnns, [&](const DnnCost& known) { return same_place(known, wanted); });
    return found == dnns.end() ? wanted : *found;
}

DeviceProfile load_device_profile(const std::filesystem::path& file) {
    const nlohmann::json json = read_json(file, kRole);
    const std::string where = file.string();
    check_keys(json,
               {"name", "encode_s_per_megapixel", "camera_watts", "server_encode_s_per_megapixel",
                "forward_s_per_gflop", "camera_s_per_gflop", "backward_ratio", "server_watts",
                "latency_s", "dnns"},
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
    for (const auto& entry :
         optional_or<std::vector<nlohmann::json>>(json, "dnns", {}, where, kRole)) {
        const std::string place = fmt::format("{}: dnns[{}]", where, profile.dnns.size());
        DnnCost cost = read_cost(entry, place);
        if (std::ranges::any_of(profile.dnns,
                                [&](const DnnCost& known) { return same_place(known, cost); })) {
            throw InputError(place, "is the same DNN, size, exit and cap as one before",
                             "give each its cost once");
        }
        profile.dnns.push_back(std::move(cost));
    }
    return profile;
}

nlohmann::json to_json(const DeviceProfile& profile) {
    nlohmann::json json = {{"name", profile.name}};
    for (const Field& field : kFields) json[field.key] = profile.*field.member;
    json["camera_s_per_gflop"] = profile.camera_s_per_gflop;
    if (profile.dnns.empty()) return json;
    for (const DnnCost& cost : profile.dnns) json["dnns"].push_back(cost_json(cost));
    return json;
}

}  // namespace oneadapt
