#pragma once

#include <filesystem>
#include <string>

namespace oneadapt {

/// A name that is `name`, and for as long as its file or folder is unfinished says whose it is.
std::string unfinished_name(const std::string& name);

/// Removes from a folder what processes of this machine that run no more left there under an
/// unfinished_name() which begins with `prefix`.
void remove_abandoned(const std::filesystem::path& folder, const std::string& prefix = "");

/// A file or folder under a temporary name beside its final one, removed unless kept, so that it
/// appears whole or not at all.
class PendingFile {
  public:
    /// Makes the folder that the final name lies in. A folder that has the final name already is
    /// replaced only if it holds a file named `mark`. What processes that run no more left
    /// unfinished under the same name is removed. Throws OutputError.
    explicit PendingFile(std::filesystem::path final_name, const std::string& mark = "");
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    /// The temporary name, to write to.
    const std::filesystem::path& path() const { return pending_; }

    /// Gives it its final name, over what has it already. Throws OutputError on failure.
    void keep();

  private:
    std::filesystem::path final_;
    std::filesystem::path pending_;
};

}  // namespace oneadapt
