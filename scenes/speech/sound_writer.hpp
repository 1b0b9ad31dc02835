#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace oneadapt::speech {

/// The kind of sound file that a name asks for: "flac" or "wav". Throws UsageError for others.
std::string container_of(const std::filesystem::path& file);

/// Writes samples in [-1, 1], mono at sample_rate, as 16-bit sound. The bytes are the same on every
/// machine with the same libavcodec. Throws OutputError when it cannot be done.
void write_sound(const std::filesystem::path& file, const std::string& container,
                 std::span<const float> samples);

}  // namespace oneadapt::speech
