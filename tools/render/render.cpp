#include "render.hpp"

#include <future>
#include <string>
#include <thread>

#include "clip_writer.hpp"
#include "random.hpp"
#include "support/pending_file.hpp"

namespace oneadapt::render {

namespace fs = std::filesystem;

RenderedFrame render_frame(const World& world, int index) {
    const Scene& scene = world.scene();
    const float seconds = static_cast<float>(index) / scene.fps;
    const Camera camera = world.camera_at(seconds);
    const std::vector<Actor> actors = world.actors_at(seconds);
    const Mesh mesh = world.geometry_at(seconds, actors);
    const Visibility visible = rasterise(mesh, camera);
    Picture picture = shade(world, seconds, camera, actors, mesh, visible);
    const std::uint32_t noise_seed = hash(scene.seed, static_cast<std::uint32_t>(index), 900);
    RenderedFrame frame;
    frame.image = expose(picture.colour, world.conditions_at(seconds), noise_seed);
    frame.labels = labels_of(picture, visible, camera, actors);
    return frame;
}

void render_scene(const Scene& scene, const fs::path& clip_out, const fs::path& labels_out) {
    const World world(scene);
    PendingFile clip(clip_out);
    PendingFile labels(labels_out);
    ClipWriter writer(clip.path(), scene.width, scene.height, scene.fps);
    std::vector<FrameLabels> all_labels;
    const int workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    for (int first = 0; first < scene.frame_count(); first += workers) {
        std::vector<std::future<RenderedFrame>> batch;
        for (int i = first; i < std::min(first + workers, scene.frame_count()); ++i) {
            batch.push_back(
                std::async(std::launch::async, [&world, i] { return render_frame(world, i); }));
        }
        for (auto& pending : batch) {
            RenderedFrame frame = pending.get();
            writer.write(frame.image);
            all_labels.push_back(std::move(frame.labels));
        }
    }
    writer.finish();
    write_labels(labels.path(), scene, all_labels);
    labels.keep();
    clip.keep();
}

void render_scene(const fs::path& scene_json, const fs::path& clip_out,
                  const fs::path& labels_out) {
    render_scene(load_scene(scene_json), clip_out, labels_out);
}

}  // namespace oneadapt::render
