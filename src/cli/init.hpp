#pragma once

#include <filesystem>

namespace oneadapt {

/// Lays out a study in a folder, made when missing: a first experiment, a place for clips and their
/// dataset, and a README with the commands. Throws OutputError when the folder is not empty, and
/// then leaves it as it is.
int init_command(const std::filesystem::path& folder);

}  // namespace oneadapt
