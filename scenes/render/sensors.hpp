#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "world.hpp"

namespace oneadapt::render {

/// A row of the sensor table: one way to record a scene.
struct Sensor {
    std::string name;    ///< also the media kind of its clips
    std::string format;  ///< what its clips are, in a few words

    /// Records a whole scene to a clip and its labels. Throws OutputError when one of them cannot
    /// be written.
    void (*record)(const World& world, const std::filesystem::path& clip,
                   const std::filesystem::path& labels);
};

/// Every sensor there is; the first is the colour camera.
const std::vector<Sensor>& sensors();

/// The sensor of that name, which is the media kind of its clips. Throws UsageError when there is
/// none.
const Sensor& sensor_named(const std::string& name);

}  // namespace oneadapt::render
