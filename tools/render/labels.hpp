#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shade.hpp"

namespace oneadapt::render {

/// The true place of one object in one frame.
struct Label {
    ObjectClass kind = ObjectClass::car;
    std::int32_t id = 0;
    float x1 = 0, y1 = 0, x2 = 0, y2 = 0;  ///< tight box of what can be seen, pixels
    float visible = 1;  ///< share of the object that is neither hidden nor outside the frame
};

using FrameLabels = std::vector<Label>;

/// The objects in a picture that a careful person would mark: at least 60 % of each is to be seen,
/// and its box is large enough to make out what it is.
FrameLabels labels_of(const Picture& picture, const Visibility& visible, const Camera& camera,
                      const std::vector<Actor>& actors);

/// Writes the labels of a clip as JSON ("oneadapt-labels-1"). Throws OutputError when the file
/// cannot be written.
void write_labels(const std::filesystem::path& file, const Scene& scene,
                  const std::vector<FrameLabels>& frames);

/// The names of the labelled classes, by class number.
const std::vector<std::string>& class_names();

}  // namespace oneadapt::render
