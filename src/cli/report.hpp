#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "report/explain.hpp"

namespace oneadapt {

/// Writes results folders as one HTML page to explore. Throws InputError for a folder that cannot
/// be read, OutputError for a page that cannot be written.
int report_command(const std::vector<std::filesystem::path>& folders,
                   const std::filesystem::path& html);

/// Prints why a scheme played what it did in a segment. Throws as read_results() and explain() do.
int explain_command(const std::filesystem::path& folder, const Explained& what);

/// Writes a results folder in a form that other tools read, into the folder `--out`; for boxes it
/// is replayed from `--trace`. Throws as read_results() and the form's writer or coco_command() do,
/// UsageError for an unknown form.
int export_command(const std::filesystem::path& folder, const std::string& form,
                   const RunOptions& options);

/// Prints how much more a test pays than an anchor at equal accuracy, both as CompressAI-Vision
/// summarises them. Throws as bd_rates() does.
int bd_rate_command(const std::filesystem::path& anchor, const std::filesystem::path& test);

}  // namespace oneadapt
