#include "cli/report.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "cli/coco.hpp"
#include "report/compressai.hpp"
#include "report/exports.hpp"
#include "report/frontier.hpp"
#include "report/page.hpp"
#include "report/results.hpp"
#include "support/errors.hpp"

namespace oneadapt {

int report_command(const std::vector<std::filesystem::path>& folders,
                   const std::filesystem::path& html) {
    check_file_writable(html);
    std::vector<StoredRun> runs;
    runs.reserve(folders.size());
    for (const std::filesystem::path& folder : folders) runs.push_back(read_results(folder));
    write_file(html, [&](std::ostream& out) { write_page(out, runs); });
    fmt::print("{}\n", html.string());
    return static_cast<int>(ExitCode::ok);
}

int explain_command(const std::filesystem::path& folder, const Explained& what) {
    fmt::print("{}", explain(read_results(folder), what));
    return static_cast<int>(ExitCode::ok);
}

int export_command(const std::filesystem::path& folder, const std::string& form,
                   const RunOptions& options) {
    const ExportKind& kind = find_export(form);
    if (kind.write == nullptr) return coco_command(folder, options);
    const std::filesystem::path& out = options.execution.out;
    kind.write(read_results(folder), out);
    fmt::print("{}\n", out.string());
    return static_cast<int>(ExitCode::ok);
}

namespace {

/// "+1.50 %"; never "-0.00 %".
std::string signed_percent(double percent) {
    const double rounded = std::round(percent * 100) / 100;
    return fmt::format("{:+.2f} %", rounded == 0 ? 0.0 : rounded);
}

}  // namespace

int bd_rate_command(const std::filesystem::path& anchor, const std::filesystem::path& test) {
    double sum = 0;
    int compared = 0;
    for (const BdRate& rate : bd_rates(anchor, test)) {
        fmt::print("{:<20} {}\n", rate.dataset,
                   rate.percent ? signed_percent(*rate.percent) : text(rate.overlap));
        if (!rate.percent) continue;
        sum += *rate.percent;
        ++compared;
    }
    if (compared > 1) fmt::print("{:<20} {}\n", "mean", signed_percent(sum / compared));
    return static_cast<int>(ExitCode::ok);
}

}  // namespace oneadapt
