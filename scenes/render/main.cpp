// render-scene: turns a scene file, or a random scene, into a clip of one sensor, with labels.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "render.hpp"
#include "support/errors.hpp"

namespace {

struct Options {
    std::string scene;
    std::string random_kind;
    std::string sensor = "video";
    std::string clip;
    std::string labels;
    std::optional<std::uint32_t> seed;
    std::optional<float> seconds;
    std::optional<float> fps;
};

void run(const Options& options) {
    using namespace oneadapt::render;
    Scene scene = options.random_kind.empty()
                      ? load_scene(options.scene)
                      : random_scene(camera_kind(options.random_kind), options.seed.value_or(1));
    if (options.seed) scene.seed = *options.seed;
    if (options.seconds) scene.seconds = *options.seconds;
    if (options.fps) scene.fps = *options.fps;
    render_scene(scene, sensor_named(options.sensor), options.clip, options.labels);
}

std::vector<std::string> sensor_names() {
    std::vector<std::string> names;
    for (const auto& sensor : oneadapt::render::sensors()) names.push_back(sensor.name);
    return names;
}

/// One line for each sensor: its name and what its clips are.
std::string sensor_help() {
    std::string help = "Sensor that records the clip:";
    for (const auto& sensor : oneadapt::render::sensors()) {
        help += "\n" + sensor.name + ": " + sensor.format;
    }
    return help;
}

int parse_and_run(int argc, char** argv) {
    Options options;
    CLI::App app("Render a scene to a clip, as one of several sensors records it, and its labels.");
    app.footer(
        "Example: render-scene datasets/scenes/fixed.json --out fixed.mkv --labels fixed.json");
    auto* scene = app.add_option("scene", options.scene, "Scene file (JSON)");
    app.add_option("--random", options.random_kind,
                   "Instead of a scene file: a random scene of this camera kind")
        ->check(CLI::IsMember({"fixed", "dashcam", "drone"}))
        ->excludes(scene);
    app.add_option("--sensor", options.sensor, sensor_help())
        ->check(CLI::IsMember(sensor_names()))
        ->capture_default_str();
    app.add_option("--out", options.clip, "Clip to write")->required();
    app.add_option("--labels", options.labels, "Labels to write")->required();
    app.add_option("--seed", options.seed, "Seed, in place of the scene's own");
    app.add_option("--seconds", options.seconds, "Length, in place of the scene's own")
        ->check(CLI::Range(0.1, 3600.0));
    app.add_option("--fps", options.fps, "Frames per second, in place of the scene's own")
        ->check(CLI::Range(0.1, 240.0));
    app.callback([&] {
        if (options.scene.empty() == options.random_kind.empty()) {
            throw CLI::RequiredError("a scene file or --random");
        }
    });
    CLI11_PARSE(app, argc, argv);
    run(options);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return parse_and_run(argc, argv);
    } catch (const oneadapt::Error& error) {
        std::fprintf(stderr, "render-scene: %s\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "render-scene: %s\n", error.what());
        return static_cast<int>(oneadapt::ExitCode::internal);
    }
}
