#pragma once

#include <filesystem>
#include <string>

#include "nlohmann/json_fwd.hpp"

namespace oneadapt {

/// Simulated cost of the camera's and the server's work. Read from JSON, written by
/// `oneadapt-sim calibrate`. Every time is simulated: it shows in delays and joules only.
struct DeviceProfile {
    std::string name;
    double encode_s_per_megapixel = 0;         ///< camera: encode one megapixel
    double camera_watts = 0;                   ///< while encoding
    double server_encode_s_per_megapixel = 0;  ///< server: re-encode to profile a configuration
    double forward_s_per_gflop = 0;            ///< server: inference
    /// Backward pass to the input over forward pass of the same frame; 0.73 in OneAdapt's figures.
    double backward_ratio = 0.73;
    double server_watts = 0;  ///< while inferring
    double latency_s = 0;     ///< one way between camera and server

    friend bool operator==(const DeviceProfile&, const DeviceProfile&) = default;
};

/// Reads a profile. Throws InputError naming file and key: unknown, missing, or not a number of 0
/// or more.
DeviceProfile load_device_profile(const std::filesystem::path& file);

nlohmann::json to_json(const DeviceProfile& profile);

}  // namespace oneadapt
