#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace oneadapt {

/// The folder that the running program lies in.
std::filesystem::path program_folder();

/// A word that no other running process has, on this machine or on one that shares its files.
std::string process_mark();

/// Whether the process that had this mark was one of this machine, and runs no more.
bool is_abandoned(std::string_view mark);

}  // namespace oneadapt
