#include "run/clip_names.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// Without the trailing slash that tab completion writes, and without `.` and `..`.
fs::path normal(const fs::path& file) {
    const fs::path path = fs::absolute(file).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

/// Number of different names that a path can give.
std::size_t choices(const fs::path& path) {
    return 2 * static_cast<std::size_t>(std::distance(path.begin(), path.end()));
}

/// The choice of that number, from the shortest: one part, that with its extension, two parts, ...
std::string choice(const fs::path& path, std::size_t number) {
    const auto parts = static_cast<std::ptrdiff_t>(number / 2 + 1);
    fs::path name;
    for (auto part = std::prev(path.end(), parts); part != path.end(); ++part) name /= *part;
    return number % 2 == 1 ? name.string() : (name.parent_path() / name.stem()).string();
}

}  // namespace

std::vector<std::string> clip_names(const std::vector<fs::path>& files) {
    std::vector<fs::path> paths;
    std::set<fs::path> known;
    for (const fs::path& file : files) {
        paths.push_back(normal(file));
        if (!known.insert(paths.back()).second) {
            throw UsageError(fmt::format("--clip {}", file.string()), "is given already",
                             "name it once");
        }
    }
    std::vector<std::size_t> chosen(files.size(), 0);
    std::vector<std::string> names(files.size());
    for (bool changed = true; changed;) {
        std::map<std::string, int> uses;
        for (std::size_t i = 0; i < files.size(); ++i) {
            names[i] = choice(paths[i], chosen[i]);
            ++uses[names[i]];
        }
        changed = false;
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (uses[names[i]] == 1 || chosen[i] + 1 == choices(paths[i])) continue;
            ++chosen[i];
            changed = true;
        }
    }
    return names;
}

}  // namespace oneadapt
