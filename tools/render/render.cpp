#include "render.hpp"

#include "pending.hpp"

namespace oneadapt::render {

namespace fs = std::filesystem;

void render_scene(const Scene& scene, const Sensor& sensor, const fs::path& clip_out,
                  const fs::path& labels_out) {
    const World world(scene);
    Pending clip(clip_out);
    Pending labels(labels_out);
    sensor.record(world, clip.path(), labels.path());
    labels.keep();
    clip.keep();
}

void render_scene(const fs::path& scene_json, const Sensor& sensor, const fs::path& clip_out,
                  const fs::path& labels_out) {
    render_scene(load_scene(scene_json), sensor, clip_out, labels_out);
}

}  // namespace oneadapt::render
