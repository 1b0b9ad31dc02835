#pragma once

#include <filesystem>

#include "labels.hpp"
#include "scene.hpp"
#include "sensor.hpp"
#include "shade.hpp"
#include "world.hpp"

namespace oneadapt::render {

/// One frame of a clip: what the camera records and what is truly there.
struct RenderedFrame {
    cv::Mat image;  ///< CV_8UC3, BGR
    FrameLabels labels;
};

/// Draws one frame of a world; `index` counts from 0 at the scene's frame rate.
RenderedFrame render_frame(const World& world, int index);

/// Renders a scene to a recorded clip and its labels. Both files appear whole or not at all, and
/// their bytes depend on the scene and the library versions alone. Throws OutputError when a file
/// cannot be written.
void render_scene(const Scene& scene, const std::filesystem::path& clip_out,
                  const std::filesystem::path& labels_out);

/// As above for a scene file. Throws InputError too, when the scene file cannot be used.
void render_scene(const std::filesystem::path& scene_json, const std::filesystem::path& clip_out,
                  const std::filesystem::path& labels_out);

}  // namespace oneadapt::render
