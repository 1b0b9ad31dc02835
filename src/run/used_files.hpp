#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "run/plan.hpp"

namespace oneadapt {

/// The files that decide a run's results, as seen from the folder that the program runs in, and the
/// XXH3 hash of each: recordings, labels that score them, models and sidecars, the device profile,
/// the dataset and recorded series.
using UsedFiles = std::map<std::string, std::string>;

/// Of a session whose clips are drawn. An offline one may lack recordings and models; they are left
/// out. Throws InputError when a file cannot be read.
UsedFiles used_files(const Session& session);

/// The same, without those that are missing.
UsedFiles files_at_hand(const Session& session);

/// What a manifest says of its files; nothing where `manifest` is a bare spec. Throws InputError.
UsedFiles files_of_manifest(const std::filesystem::path& manifest);

/// Refuses to repeat a run with a file that was another one then: results beside the older ones
/// would differ without a word. What was not used then is let pass. Throws InputError.
void check_unchanged(const std::filesystem::path& manifest, const UsedFiles& then,
                     const UsedFiles& now);

}  // namespace oneadapt
