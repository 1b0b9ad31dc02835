#pragma once

#include <filesystem>

#include "scene.hpp"
#include "sensors.hpp"

namespace oneadapt::render {

/// Renders a scene to a clip as `sensor` records it, and its labels. Clips of several sensors show
/// the same world at the same moments. Clip and labels appear whole or not at all, and their bytes
/// depend on the scene, the sensor and the library versions alone. Throws OutputError when a file
/// cannot be written.
void render_scene(const Scene& scene, const Sensor& sensor, const std::filesystem::path& clip_out,
                  const std::filesystem::path& labels_out);

/// As above for a scene file. Throws InputError too, when the scene file cannot be used.
void render_scene(const std::filesystem::path& scene_json, const Sensor& sensor,
                  const std::filesystem::path& clip_out, const std::filesystem::path& labels_out);

}  // namespace oneadapt::render
