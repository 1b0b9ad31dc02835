#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace oneadapt {

/// The names of clips that are given as files or folders: each one's last part without extension,
/// and where several share that, as much more of their paths as tells them apart (`cam.mp4` and
/// `cam.mkv`, `north/cam` and `south/cam`). Throws UsageError when one is given twice.
std::vector<std::string> clip_names(const std::vector<std::filesystem::path>& files);

}  // namespace oneadapt
