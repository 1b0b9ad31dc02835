#pragma once

#include <filesystem>

namespace oneadapt::render {

/// A file or folder under a temporary name beside its final one, removed unless kept, so that it
/// appears whole or not at all.
class Pending {
  public:
    /// Makes the folder that the final name lies in. Throws OutputError when that fails, and when
    /// the final name is that of a folder that holds something else than LiDAR sweeps.
    explicit Pending(std::filesystem::path final_name);
    ~Pending();
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

    /// The temporary name.
    [[nodiscard]] const std::filesystem::path& path() const { return pending_; }

    /// Gives it its final name, over what has it already. Throws OutputError on failure.
    void keep();

  private:
    std::filesystem::path final_;
    std::filesystem::path pending_;
};

}  // namespace oneadapt::render
