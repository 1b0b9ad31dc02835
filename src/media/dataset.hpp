#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/clip.hpp"

namespace oneadapt {

/// Clips that belong together.
struct Dataset {
    std::string name;
    std::vector<ClipSpec> clips;
};

/// Reads a JSON manifest {"name", "clips": [{"name","kind","file","start","duration","labels",
/// "scene","point-layout","intensity-max"}, ...]}; paths are relative to the manifest. Throws
/// InputError naming file, clip and key for malformed JSON, unknown or missing keys, wrong types,
/// and repeated clip names.
Dataset load_dataset(const std::filesystem::path& manifest);

/// A labelled object of one frame.
struct Label {
    std::string label_class;
    cv::Rect2f box;        ///< pixels of the labelled size
    bool ignored = false;  ///< too hard to demand: finding it or not changes no accuracy
};

/// Ground truth of a clip, one entry per recorded frame.
struct Labels {
    cv::Size size;  ///< pixels that the boxes are in
    double fps = 0;
    std::vector<std::vector<Label>> frames;
};

/// A labelled object in space, in the axes of the sensor: x forward, y to the left, z up.
struct Box3d {
    std::string label_class;
    cv::Vec3d centre;      ///< metres
    cv::Vec3d size;        ///< length, width, height in metres
    double yaw = 0;        ///< of the length, radians from x towards y
    bool ignored = false;  ///< too hard to demand
};

/// Ground truth of a LiDAR clip, one entry per sweep.
struct Boxes3d {
    double fps = 0;
    std::vector<std::vector<Box3d>> frames;
};

/// A stretch of speech.
struct Utterance {
    double start_s = 0;
    double end_s = 0;
    std::string text;  ///< words with spaces between
};

/// What is said in a recording.
struct Transcript {
    std::vector<Utterance> utterances;  ///< by their starts; some may overlap
    double seconds = 0;  ///< how far it goes: as it says, else to the end of the last utterance
};

/// Reads a transcript (format `oneadapt-transcript-1`). Throws InputError.
Transcript load_transcript(const std::filesystem::path& file);

/// Reads a labels file (format `oneadapt-labels-1`). Throws InputError.
Labels load_labels(const std::filesystem::path& file);

/// Reads labels in space (format `oneadapt-boxes3d-1`). Throws InputError.
Boxes3d load_boxes3d(const std::filesystem::path& file);

}  // namespace oneadapt
