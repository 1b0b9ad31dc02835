#include "run/data_root.hpp"

#include "support/errors.hpp"
#include "support/program.hpp"

namespace oneadapt {
namespace {

bool holds_data(const std::filesystem::path& folder) {
    return std::filesystem::exists(folder / "datasets" / "street.json");
}

}  // namespace

std::filesystem::path data_root() {
    for (auto folder = program_folder(); folder.has_relative_path();
         folder = folder.parent_path()) {
        if (holds_data(folder)) return folder / "datasets";
    }
    if (holds_data(ONEADAPT_SOURCE_DIR)) {
        return std::filesystem::path(ONEADAPT_SOURCE_DIR) / "datasets";
    }
    throw InputError("datasets/street.json", "was not found above the program",
                     "run the program from its build folder, or name --dataset and --model");
}

}  // namespace oneadapt
