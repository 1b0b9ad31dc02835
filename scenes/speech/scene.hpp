#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "noise.hpp"

namespace oneadapt::speech {

/// Noise from one moment until the next event, or the end.
struct NoiseEvent {
    double start = 0;  ///< seconds
    NoiseKind kind = NoiseKind::pink;
    double snr_db = 20;  ///< mean power of an utterance over that of the noise
};

/// What is heard, and when. The recording is cut into slots of equal length; each holds one
/// utterance with silence around it, so that cutting between slots never cuts a word.
struct Scene {
    std::string name = "speech";
    std::uint32_t seed = 1;
    double seconds = 60;
    double slot_seconds = 4;
    int fewest_digits = 3;  ///< in a string of digits
    int most_digits = 6;
    double commands = 0.4;            ///< share of utterances that are commands, not digits
    std::vector<std::string> voices;  ///< to choose from; none: any voice of any synthesiser
    std::vector<NoiseEvent> noise;    ///< in order of time; none: silence
};

/// Reads a scene file. Throws InputError when it cannot be used, naming the file and the key.
Scene load_scene(const std::filesystem::path& file);

/// A scene with any voice and noise that changes every few seconds.
Scene random_scene(std::uint32_t seed, double seconds);

}  // namespace oneadapt::speech
