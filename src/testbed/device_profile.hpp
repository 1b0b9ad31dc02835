#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "nlohmann/json_fwd.hpp"
#include "testbed/power.hpp"

namespace oneadapt {

/// What a DNN takes for one frame.
struct DnnCost {
    std::string dnn;       ///< the model's file name without extension
    cv::Size size;         ///< analysis size
    int exit = 0;          ///< early exit, 0 = none taken
    double cap_watts = 0;  ///< power cap, 0 = none
    double seconds = 0;    ///< of a forward pass
    double watts = 0;      ///< while inferring

    friend bool operator==(const DnnCost&, const DnnCost&) = default;
};

/// Whether two costs are of the same DNN, size, exit and power cap.
bool same_place(const DnnCost& a, const DnnCost& b);

/// Simulated cost of the camera's and the server's work. Read from JSON, written by
/// `oneadapt-sim calibrate`. Every time is simulated: it shows in delays and joules only.
struct DeviceProfile {
    std::string name;
    double encode_s_per_megapixel = 0;         ///< camera: encode a million pixels, samples, points
    double camera_watts = 0;                   ///< while busy
    double server_encode_s_per_megapixel = 0;  ///< server: re-encode to profile a configuration
    double forward_s_per_gflop = 0;            ///< server: inference
    /// Camera: a network of its own; as fast as the server where the file does not say.
    double camera_s_per_gflop = 0;
    /// Backward pass to the input over forward pass of the same frame; 0.73 in OneAdapt's figures.
    double backward_ratio = 0.73;
    double server_watts = 0;  ///< while busy
    double latency_s = 0;     ///< one way between camera and server
    /// Idle power of the server over its power while inferring under the same cap.
    double idle_ratio = 0;
    PowerLaw power = {};
    std::string source = {};  ///< e.g. that it is modelled, or where it was measured
    std::vector<DnnCost> dnns = {};

    /// The measured cost of a DNN at that size, exit and power cap; else what the power law makes
    /// of its cost without a cap, which is measured, too, or by GFLOP. A cap of 0 is none. Throws
    /// InputError where the profile has neither that cap nor a law.
    DnnCost cost(const std::string& dnn, cv::Size size, double gflop, int exit = 0,
                 double cap_watts = 0) const;

    /// The caps that it knows, descending: those of the law, else those of the measured costs.
    std::vector<double> caps() const;

    friend bool operator==(const DeviceProfile&, const DeviceProfile&) = default;
};

/// Reads a profile. Throws InputError naming file and key: unknown, missing, or not a number of 0
/// or more; a power law whose caps are not above its static watts; or costs that check_costs()
/// refuses.
DeviceProfile load_device_profile(const std::filesystem::path& file);

/// The profile with costs of one's own measurement in place of its own, from a CSV
/// `dnn,width,height,exit,cap_watts,seconds,watts`, which has then every cap there is. Throws
/// InputError naming file and line.
DeviceProfile with_costs(DeviceProfile profile, const std::filesystem::path& csv);

/// Throws InputError naming `where` when a cost is given twice; a DNN lacks a cap or an exit that
/// it has elsewhere; a higher cap makes it slower or draws less; or a later exit takes less time.
void check_costs(const std::vector<DnnCost>& costs, const std::string& where);

nlohmann::json to_json(const DeviceProfile& profile);

}  // namespace oneadapt
