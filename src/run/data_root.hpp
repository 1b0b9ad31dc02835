#pragma once

#include <filesystem>

namespace oneadapt {

/// The folder `datasets` that belongs to this program: the one that it was installed with, else one
/// above the executable, else the one it was built from. Throws InputError when there is none.
std::filesystem::path data_root();

/// Where a file is that is drawn on first use: where its dataset says, but for a dataset that was
/// installed with the program in the user's cache, as an installation does not change.
std::filesystem::path place_of_drawn(const std::filesystem::path& file);

}  // namespace oneadapt
