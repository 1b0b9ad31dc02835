#include "render.hpp"

#include "support/pending_file.hpp"
#include "sweep_writer.hpp"

namespace oneadapt::render {

namespace fs = std::filesystem;

void render_scene(const Scene& scene, const Sensor& sensor, const fs::path& clip_out,
                  const fs::path& labels_out) {
    const World world(scene);
    PendingFile clip(clip_out, sweep_times_name);
    PendingFile labels(labels_out);
    sensor.record(world, clip.path(), labels.path());
    labels.keep();
    clip.keep();
}

void render_scene(const fs::path& scene_json, const Sensor& sensor, const fs::path& clip_out,
                  const fs::path& labels_out) {
    render_scene(load_scene(scene_json), sensor, clip_out, labels_out);
}

}  // namespace oneadapt::render
