// speak-scene: turns a speech scene, or a random one, into a recording with its transcript.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "recording.hpp"
#include "support/errors.hpp"

namespace {

struct Options {
    std::string scene;
    std::string recording;
    std::string transcript;
    std::optional<std::uint32_t> seed;
    std::optional<double> seconds;
    bool random = false;
    bool clean = false;
};

void run(const Options& options) {
    using namespace oneadapt::speech;
    Scene scene = options.random
                      ? random_scene(options.seed.value_or(1), options.seconds.value_or(60))
                      : load_scene(options.scene);
    if (options.seed) scene.seed = *options.seed;
    if (options.seconds) scene.seconds = *options.seconds;
    if (options.clean) scene.noise.clear();
    record_scene(scene, options.recording, options.transcript);
}

int parse_and_run(int argc, char** argv) {
    Options options;
    CLI::App app("Speak a scene to a recording (FLAC or WAV) and its transcript (JSON).");
    app.footer(
        "Example: speak-scene datasets/scenes/speech-office.json --out office.flac "
        "--labels office.json");
    auto* scene = app.add_option("scene", options.scene, "Scene file (JSON)");
    app.add_flag("--random", options.random, "Instead of a scene file: a random scene")
        ->excludes(scene);
    app.add_option("--out", options.recording, "Recording to write (.flac or .wav)")->required();
    app.add_option("--labels", options.transcript, "Transcript to write")->required();
    app.add_option("--seed", options.seed, "Seed, in place of the scene's own");
    app.add_option("--seconds", options.seconds, "Length, in place of the scene's own")
        ->check(CLI::Range(1.0, 3600.0));
    app.add_flag("--clean", options.clean, "Leave the noise out");
    app.callback([&] {
        if (options.scene.empty() != options.random) {
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
        std::fprintf(stderr, "speak-scene: %s\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "speak-scene: %s\n", error.what());
        return static_cast<int>(oneadapt::ExitCode::internal);
    }
}
