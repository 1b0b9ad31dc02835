#pragma once

#include <string>

#include <CLI/App.hpp>

namespace oneadapt {

/// The script that completes the program's commands and options in a shell, made from its command
/// line: `shell` is bash, zsh or fish. Throws UsageError for another.
std::string completion_text(const CLI::App& app, const std::string& shell);

/// The manual page of section 1, in roff, made likewise.
std::string manual_text(const CLI::App& app);

}  // namespace oneadapt
