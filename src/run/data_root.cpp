#include "run/data_root.hpp"

#include <cstdlib>
#include <optional>

#include "support/errors.hpp"
#include "support/program.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

bool holds_data(const fs::path& folder) {
    return fs::exists(folder / "datasets" / "street.json");
}

/// The datasets of a program that lies in a prefix: PREFIX/bin has it, PREFIX/share the data.
std::optional<fs::path> installed_data() {
    const fs::path share = program_folder().parent_path() / "share" / "oneadapt-sim";
    return holds_data(share) ? std::optional(share / "datasets") : std::nullopt;
}

/// Where a user's files lie that can be made again (XDG Base Directory Specification).
fs::path cache_folder() {
    const auto folder = [](const char* variable) -> fs::path {
        const char* value = std::getenv(variable);
        return value == nullptr ? "" : value;
    };
    if (fs::path cache = folder("XDG_CACHE_HOME"); cache.is_absolute()) return cache;
    if (const fs::path home = folder("HOME"); home.is_absolute()) return home / ".cache";
    return fs::temp_directory_path();
}

}  // namespace

fs::path data_root() {
    if (const auto installed = installed_data()) return *installed;
    for (auto folder = program_folder(); folder.has_relative_path();
         folder = folder.parent_path()) {
        if (holds_data(folder)) return folder / "datasets";
    }
    if (holds_data(ONEADAPT_SOURCE_DIR)) return fs::path(ONEADAPT_SOURCE_DIR) / "datasets";
    throw InputError("datasets/street.json", "was not found above the program",
                     "run the program from its build folder, or name --dataset and --model");
}

fs::path place_of_drawn(const fs::path& file) {
    const auto installed = installed_data();
    if (!installed) return file;
    const fs::path within = fs::weakly_canonical(file).lexically_relative(*installed);
    if (within.empty() || *within.begin() == "..") return file;
    return cache_folder() / "oneadapt-sim" / within;
}

}  // namespace oneadapt
