#include "pending.hpp"

#include <unistd.h>

#include <string>
#include <utility>

#include "support/errors.hpp"
#include "sweep_writer.hpp"

namespace oneadapt::render {

namespace fs = std::filesystem;

Pending::Pending(fs::path final_name) : final_(std::move(final_name)), pending_(final_) {
    pending_ += ".partial" + std::to_string(::getpid());
    std::error_code error;
    if (final_.has_parent_path()) fs::create_directories(final_.parent_path(), error);
    if (error) {
        throw OutputError(final_.parent_path().string(),
                          "folder cannot be made: " + error.message(), "check the path");
    }
    if (fs::is_directory(final_, error) && !fs::exists(final_ / sweep_times_name, error)) {
        throw OutputError(final_.string(), "is a folder that holds no LiDAR clip",
                          "give a name that is free");
    }
}

Pending::~Pending() {
    std::error_code ignored;
    fs::remove_all(pending_, ignored);
}

void Pending::keep() {
    std::error_code error;
    if (fs::is_directory(pending_, error)) fs::remove_all(final_, error);
    fs::rename(pending_, final_, error);
    if (error) throw OutputError(final_.string(), error.message(), "check space and rights");
}

}  // namespace oneadapt::render
