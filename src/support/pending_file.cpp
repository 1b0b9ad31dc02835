#include "support/pending_file.hpp"

#include <string_view>
#include <utility>

#include "support/errors.hpp"
#include "support/program.hpp"

namespace oneadapt {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kUnfinished = ".partial-";

}  // namespace

std::string unfinished_name(const std::string& name) {
    return name + std::string(kUnfinished) + process_mark();
}

void remove_abandoned(const fs::path& folder, const std::string& prefix) {
    std::error_code ignored;  // what cannot be removed is in nobody's way
    for (fs::directory_iterator entry(folder, ignored); entry != fs::directory_iterator();
         entry.increment(ignored)) {
        const std::string name = entry->path().filename().string();
        const std::size_t at = name.rfind(kUnfinished);
        if (at == std::string::npos || !name.starts_with(prefix)) continue;
        if (!is_abandoned(std::string_view(name).substr(at + kUnfinished.size()))) continue;
        fs::remove_all(entry->path(), ignored);
    }
}

PendingFile::PendingFile(fs::path final_name, const std::string& mark)
    : final_(std::move(final_name)), pending_(unfinished_name(final_.string())) {
    std::error_code error;
    if (final_.has_parent_path()) fs::create_directories(final_.parent_path(), error);
    if (error) {
        throw OutputError(final_.parent_path().string(),
                          "folder cannot be made: " + error.message(), "check the path");
    }
    if (fs::is_directory(final_, error) && (mark.empty() || !fs::exists(final_ / mark, error))) {
        throw OutputError(final_.string(), "is a folder of something else",
                          "give a name that is free");
    }
    remove_abandoned(final_.has_parent_path() ? final_.parent_path() : fs::path("."),
                     final_.filename().string() + std::string(kUnfinished));
}

PendingFile::~PendingFile() {
    std::error_code ignored;
    fs::remove_all(pending_, ignored);
}

void PendingFile::keep() {
    std::error_code error;
    if (fs::is_directory(pending_, error)) fs::remove_all(final_, error);
    fs::rename(pending_, final_, error);
    if (error) throw OutputError(final_.string(), error.message(), "check space and rights");
}

}  // namespace oneadapt
