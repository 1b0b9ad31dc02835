#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace oneadapt {

/// What a file is to the user; decides the error (and so the exit code) that a fault in it
/// becomes.
enum class FileRole {
    input,  ///< InputError: clips, manifests, labels, device profiles, links, scenes
    model   ///< ModelError: models and sidecars
};

/// Throws the error of that role. `where` names the file and the place in it.
[[noreturn]] void fail(FileRole role, const std::string& where, const std::string& problem,
                       const std::string& remedy);

/// No text that is read (JSON, CSV, a list of times) may be longer, in bytes.
inline constexpr std::uintmax_t kLargestText = std::uintmax_t{128} << 20;

/// Refuses what is missing or is not a regular file: a folder, and a pipe, socket or device, which
/// could be waited for or read without end. `wanted` says what would be right.
void check_regular(const std::filesystem::path& file, FileRole role, const std::string& wanted);

/// The bytes of a regular file that has at most `most` of them.
std::string read_bytes(const std::filesystem::path& file, FileRole role, const std::string& wanted,
                       std::uintmax_t most);

/// The text of a regular file of at most kLargestText bytes, without the byte-order mark that some
/// editors and spreadsheets put before UTF-8. UTF-16 is refused.
std::string read_text(const std::filesystem::path& file, FileRole role, const std::string& wanted);

}  // namespace oneadapt
