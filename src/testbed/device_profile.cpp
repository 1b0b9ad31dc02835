#include "testbed/device_profile.hpp"

#include <nlohmann/json.hpp>

#include "support/errors.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

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

}  // namespace

DeviceProfile load_device_profile(const std::filesystem::path& file) {
    constexpr FileRole kRole = FileRole::input;
    const nlohmann::json json = read_json(file, kRole);
    const std::string where = file.string();
    check_keys(json,
               {"name", "encode_s_per_megapixel", "camera_watts", "server_encode_s_per_megapixel",
                "forward_s_per_gflop", "backward_ratio", "server_watts", "latency_s"},
               where, kRole);
    DeviceProfile profile;
    profile.name = required<std::string>(json, "name", where, kRole);
    for (const Field& field : kFields) {
        const double value = required<double>(json, field.key, where, kRole);
        check_range(value, 0, kHighest, where + ": " + field.key, kRole);
        profile.*field.member = value;
    }
    return profile;
}

nlohmann::json to_json(const DeviceProfile& profile) {
    nlohmann::json json = {{"name", profile.name}};
    for (const Field& field : kFields) json[field.key] = profile.*field.member;
    return json;
}

}  // namespace oneadapt
