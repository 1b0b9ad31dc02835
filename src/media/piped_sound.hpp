#pragma once

#include <filesystem>

namespace oneadapt {

/// Whether a WAV or CAF recording was written where its recorder could not go back and note how
/// long it had become, such as a pipe: its samples claim to be no bytes at all, or as many as a
/// size can say. What is there is then all there is. False for any other file.
bool written_to_pipe(const std::filesystem::path& file);

}  // namespace oneadapt
