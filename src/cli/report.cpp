#include "cli/report.hpp"

#include <fmt/format.h>

#include "report/page.hpp"
#include "report/results.hpp"
#include "support/errors.hpp"

namespace oneadapt {

int report_command(const std::vector<std::filesystem::path>& folders,
                   const std::filesystem::path& html) {
    check_file_writable(html);
    std::vector<StoredRun> runs;
    for (const std::filesystem::path& folder : folders) runs.push_back(read_results(folder));
    write_file(html, [&](std::ostream& out) { write_page(out, runs); });
    fmt::print("{}\n", html.string());
    return static_cast<int>(ExitCode::ok);
}

int explain_command(const std::filesystem::path& folder, const Explained& what) {
    fmt::print("{}", explain(read_results(folder), what));
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
