#pragma once

#include <filesystem>

namespace oneadapt {

/// The folder `datasets` that belongs to this program: above the executable, else the one it was
/// built from. Throws InputError when there is neither.
std::filesystem::path data_root();

}  // namespace oneadapt
