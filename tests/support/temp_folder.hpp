#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace oneadapt::test {

/// A folder of its own for a test, removed at its end.
class TempFolder {
  public:
    TempFolder() {
        const std::string placeholder(6, 'X');  // mkdtemp's
        std::string name =
            (std::filesystem::temp_directory_path() / ("oneadapt-" + placeholder)).string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

}  // namespace oneadapt::test
