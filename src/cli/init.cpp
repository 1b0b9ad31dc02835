#include "cli/init.hpp"

#include <array>
#include <ostream>

#include <fmt/format.h>

#include "report/results.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

struct StudyFile {
    const char* name;
    const char* text;
};

constexpr std::array kStudy = {
    StudyFile{
        "README.md",
        "# A study\n\n"
        "Run everything from this folder.\n\n"
        "    oneadapt-sim sweep experiments/first.json --dry-run   # what it takes\n"
        "    oneadapt-sim sweep experiments/first.json             # results/runs/first\n"
        "    oneadapt-sim submit experiments/first.json --array 4  # the same with Slurm\n\n"
        "`experiments/` holds experiments: a base, and axes of what is varied. `datasets/`\n"
        "holds manifests of clips; put `\"dataset\": \"datasets/mine.json\"` in the base of an\n"
        "experiment to use yours in place of the embedded clips. What was measured stays in\n"
        "`results/runs/oneadapt.trace`, and is never measured again.\n"},
    StudyFile{"experiments/first.json",
              "{\"name\": \"first\",\n"
              " \"base\": {\"task\": \"detect\", \"knobs\": [\"qp\"]},\n"
              " \"axes\": [{\"link\": [1, 4]},\n"
              "          {\"settings\": [{\"oneadapt\": {\"lr\": 0.1}}, {\"oneadapt\": {\"lr\": "
              "0.5}}]}]}\n"},
    StudyFile{"datasets/mine.json",
              "{\"name\": \"mine\",\n"
              " \"clips\": [{\"name\": \"street\", \"kind\": \"video\", \"file\": "
              "\"clips/street.mp4\"}]}\n"},
    StudyFile{".gitignore", "/results/runs/\n/datasets/clips/\n"},
};

}  // namespace

int init_command(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder, error) && (!fs::is_directory(folder) || !fs::is_empty(folder, error))) {
        throw OutputError(folder.string(), "is there and not empty", "name a new folder");
    }
    for (const StudyFile& file : kStudy) {
        const fs::path path = folder / file.name;
        fs::create_directories(path.parent_path(), error);  // write_file() says what is wrong
        write_file(path, [&](std::ostream& out) { out << file.text; });
        fmt::print("{}\n", path.string());
    }
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
