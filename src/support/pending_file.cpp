#include "support/pending_file.hpp"

#include <utility>

#include "support/errors.hpp"
#include "support/program.hpp"

namespace oneadapt {

namespace fs = std::filesystem;

PendingFile::PendingFile(fs::path final_name, const std::string& mark)
    : final_(std::move(final_name)), pending_(final_) {
    pending_ += ".partial" + process_mark();
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
