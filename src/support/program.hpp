#pragma once

#include <filesystem>

namespace oneadapt {

/// The folder that the running program lies in.
std::filesystem::path program_folder();

}  // namespace oneadapt
