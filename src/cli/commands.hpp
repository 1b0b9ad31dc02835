#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/clip.hpp"

namespace oneadapt {

/// Merges traces into the first one, made when missing.
int merge_command(const std::vector<std::filesystem::path>& traces);

/// Tries a model on a frame (the first of `clip`, or a drawn one where that names no file) and says
/// what is wrong with it.
int model_check_command(const std::filesystem::path& model, const std::filesystem::path& sidecar,
                        const std::string& device, const ClipSpec& clip);

}  // namespace oneadapt
