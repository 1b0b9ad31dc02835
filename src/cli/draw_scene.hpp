#pragma once

#include <filesystem>
#include <string>

namespace oneadapt {

/// Draws a scene as `sensor` (a media kind, or what records labels) records it, by running the
/// program for it that lies beside this one, and writes the recording and its labels. Throws
/// InputError, with the command that was run, when that program cannot be run or fails; OutputError
/// when it could not write; Interrupted.
void draw_scene(const std::filesystem::path& scene, const std::string& sensor,
                const std::filesystem::path& recording, const std::filesystem::path& labels);

}  // namespace oneadapt
