#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "support/errors.hpp"

namespace oneadapt {

/// A file under a temporary name in the folder of its final one, removed unless kept. The folder is
/// made when it is missing. Throws OutputError when the folder cannot be made or the file not kept.
class PendingFile {
  public:
    explicit PendingFile(std::filesystem::path final_name)
        : final_(std::move(final_name)), pending_(final_) {
        pending_ += ".partial" + std::to_string(::getpid());
        std::error_code error;
        if (final_.has_parent_path()) {
            std::filesystem::create_directories(final_.parent_path(), error);
        }
        if (error) {
            throw OutputError(final_.parent_path().string(),
                              "folder cannot be made: " + error.message(), "check the path");
        }
    }
    ~PendingFile() {
        std::error_code ignored;
        std::filesystem::remove(pending_, ignored);
    }
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    /// The temporary name, to write to.
    [[nodiscard]] const std::filesystem::path& path() const { return pending_; }

    /// Gives the file its final name.
    void keep() {
        std::error_code error;
        std::filesystem::rename(pending_, final_, error);
        if (error) throw OutputError(final_.string(), error.message(), "check space and rights");
    }

  private:
    std::filesystem::path final_;
    std::filesystem::path pending_;
};

}  // namespace oneadapt
