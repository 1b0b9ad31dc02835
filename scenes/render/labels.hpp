#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "view.hpp"

namespace oneadapt::render {

/// The true place of one object in one frame.
struct Label {
    ObjectClass kind = ObjectClass::car;
    std::int32_t id = 0;
    float x1 = 0, y1 = 0, x2 = 0, y2 = 0;  ///< tight box of what can be seen, pixels
    float visible = 1;     ///< share of the object that is neither hidden nor outside the frame
    bool ignored = false;  ///< too small or too hidden to demand: neither a miss nor a mistake
};

using FrameLabels = std::vector<Label>;

/// The objects in a view. Those of which less than 60 % is to be seen, or whose box is less than
/// 25 pixels long (KITTI's limit for objects of moderate difficulty) or 8 wide, are marked as
/// ignored; those of less than 8 pixels are left out.
FrameLabels labels_of(const View& view);

/// Writes the labels of a clip as JSON ("oneadapt-labels-1"). Throws OutputError when the file
/// cannot be written.
void write_labels(const std::filesystem::path& file, const Scene& scene,
                  const std::vector<FrameLabels>& frames);

/// The names of the labelled classes, by class number.
const std::vector<std::string>& class_names();

}  // namespace oneadapt::render
