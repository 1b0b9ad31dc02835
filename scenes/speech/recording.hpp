#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scene.hpp"

namespace oneadapt::speech {

/// One utterance of a recording.
struct Utterance {
    double start = 0;  ///< seconds from the beginning of the recording
    double end = 0;
    std::string text;  ///< words with single spaces
    std::string voice;
};

/// What a scene sounds like and what is said in it.
struct Recording {
    std::vector<float> samples;  ///< mono at sample_rate, in [-1, 1]
    std::vector<Utterance> utterances;
};

/// Mean power of every utterance, of full scale 1.
constexpr double speech_power = 0.005;

/// Plays a scene. Throws InputError when its slots are too short for what is to be said.
Recording record(const Scene& scene);

/// Records a scene to a file (.flac or .wav, 16 bit) and its transcript (JSON). Both files appear
/// whole or not at all; their bytes depend on the scene and the library versions alone. Throws
/// InputError as record() does, UsageError for another kind of file, OutputError when a file cannot
/// be written.
void record_scene(const Scene& scene, const std::filesystem::path& recording_out,
                  const std::filesystem::path& transcript_out);

/// As above for a scene file. Throws InputError too, when the scene file cannot be used.
void record_scene(const std::filesystem::path& scene_json,
                  const std::filesystem::path& recording_out,
                  const std::filesystem::path& transcript_out);

}  // namespace oneadapt::speech
