#pragma once

#include <filesystem>
#include <string>

namespace oneadapt {

/// The folder that the running program lies in.
std::filesystem::path program_folder();

/// A word that no other running process has, on this machine or on one that shares its files.
std::string process_mark();

}  // namespace oneadapt
