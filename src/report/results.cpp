#include "report/results.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "report/columns.hpp"
#include "schemes/scheme.hpp"
#include "support/errors.hpp"
#include "support/hash.hpp"
#include "support/pending_file.hpp"
#include "support/program.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

constexpr const char* program = "oneadapt-sim";

/// What a results folder may hold: our files, and the figures that tools/figures.py draws from
/// them, which would be out of date beside newer ones.
constexpr std::array<std::string_view, 10> our_files = {
    "segments.csv", "summary.csv",   "savings.csv",  "accgrad.csv", "agreement.csv",
    "settings.csv", "manifest.json", "frontier.png", "choices.png", "agreement.png"};

constexpr const char* choose_another = "choose another --out";

[[noreturn]] void fail_at(const fs::path& path, const std::string& problem) {
    throw OutputError(path.string(), problem, choose_another);
}

void check(const std::error_code& error, const fs::path& path, const std::string& attempt) {
    if (error) fail_at(path, fmt::format("{} ({})", attempt, error.message()));
}

/// The folder itself, behind links and without a trailing slash.
fs::path resolved(const fs::path& out_dir) {
    std::error_code error;
    fs::path path = fs::weakly_canonical(fs::absolute(out_dir, error), error);
    check(error, out_dir, "cannot be reached");
    return path.has_filename() ? path : path.parent_path();
}

bool written_by_us(const fs::path& folder) {
    const fs::path name = folder / "manifest.json";
    std::error_code ignored;
    if (!fs::is_regular_file(name, ignored)) return false;
    std::ifstream file(name);
    const auto manifest = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
    return manifest.is_object() && manifest.contains("program") && manifest["program"] == program;
}

/// Throws unless `folder` is absent, empty, or holds nothing but our own results.
void check_replaceable(const fs::path& folder) {
    std::error_code error;
    const fs::file_status status = fs::status(folder, error);
    if (status.type() == fs::file_type::not_found) return;
    check(error, folder, "cannot be reached");
    if (!fs::is_directory(status)) fail_at(folder, "is not a folder");
    fs::directory_iterator entries(folder, error);
    check(error, folder, "cannot be read");
    if (fs::equivalent(folder, fs::current_path(error), error)) {
        throw OutputError(folder.string(), "is the current folder, which cannot be replaced",
                          "name a folder inside it");
    }
    if (entries == fs::directory_iterator()) return;
    if (!written_by_us(folder)) {
        fail_at(folder, "is not empty and holds no results of this program");
    }
    for (const fs::directory_entry& entry : entries) {
        const std::string name = entry.path().filename().string();
        if (std::find(our_files.begin(), our_files.end(), name) == our_files.end()) {
            throw OutputError(folder.string(),
                              fmt::format("holds '{}', which this program did not write", name),
                              "move it away or choose another --out");
        }
    }
}

/// What hidden names beside `folder` begin with.
std::string hidden(const fs::path& folder) {
    return "." + folder.filename().string();
}

/// A hidden name beside `folder`, for what is made there, that no other process uses.
fs::path unfinished_beside(const fs::path& folder) {
    return folder.parent_path() / unfinished_name(hidden(folder));
}

/// A folder for files in the making; whatever still is in it goes with this object.
class StagingFolder {
  public:
    explicit StagingFolder(fs::path path) : path_(std::move(path)) {
        std::error_code error;
        fs::remove_all(path_, error);
        fs::create_directories(path_, error);
        check(error, path_.parent_path(), "is not writable");
    }
    ~StagingFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;

    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

/// Throws unless a folder could be renamed: what is mounted cannot. It is tried without effect, as
/// no folder takes the name of `full`, which has a file in it: only the reasons differ.
void check_renameable(const fs::path& folder, const fs::path& full) {
    std::error_code error;
    fs::rename(folder, full, error);
    if (error == std::errc::directory_not_empty || error == std::errc::file_exists) return;
    throw OutputError(
        folder.string(),
        fmt::format("cannot be replaced ({}), as a mounted folder cannot", error.message()),
        fmt::format("name a folder inside it, e.g. --out {}", (folder / "results").string()));
}

bool exchange(const fs::path& staged, const fs::path& folder) {
    return ::renameat2(AT_FDCWD, staged.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0;
}

/// Gives the staged files the folder's name; on failure the older folder stays. The two change
/// places in one step, so that a kill at any moment leaves one of them there; where the file system
/// has no such step, the older one is moved away first.
void swap_in(const fs::path& staged, const fs::path& folder) {
    if (exchange(staged, folder)) return;
    const fs::path older =
        folder.parent_path() / fmt::format("{}.older-{}", hidden(folder), process_mark());
    std::error_code error;
    const bool replaces = fs::exists(folder, error);
    if (replaces) {
        fs::rename(folder, older, error);
        check(error, folder, "cannot be replaced");
    }
    fs::rename(staged, folder, error);
    if (error && !replaces && exchange(staged, folder)) return;  // another process was faster
    if (error && replaces) {
        std::error_code ignored;
        fs::rename(older, folder, ignored);
    }
    check(error, folder, "cannot be written");
    fs::remove_all(older, error);
}

std::vector<Column<SegmentRow>> segment_table(const Report& report) {
    auto columns = with_constraints(segment_columns(), !report.settings.empty());
    if (report.settings.empty()) return columns;
    std::ranges::copy(constraint_segment_columns(), std::back_inserter(columns));
    return columns;
}

std::vector<Column<SummaryRow>> summary_table(const Report& report) {
    auto columns = with_constraints(summary_columns(), !report.settings.empty());
    if (report.summary.empty() || !report.summary.front().by_ap50) return columns;
    std::ranges::copy(ap50_columns(), std::back_inserter(columns));
    return columns;
}

/// Their constraints come first.
std::vector<Column<SettingRow>> setting_table() {
    std::vector<Column<SettingRow>> all;
    std::ranges::copy(constraint_columns<SettingRow>(), std::back_inserter(all));
    std::ranges::copy(setting_columns(), std::back_inserter(all));
    return all;
}

template <class Row>
void write_table(const fs::path& file, std::span<const Column<Row>> columns,
                 const std::vector<Row>& rows) {
    write_file(file, [&](std::ostream& out) { write_csv(out, columns, rows); });
}

}  // namespace

Report make_report(const RunResult& result, const ReportOptions& options) {
    Report report;
    report.summary = summarise(result, options.summary);
    report.settings = settings(result, options.summary, find_yardstick(Yardstick::setting).name);
    if (report.settings.empty()) report.savings = savings(report.summary, options.lines);
    report.agreement = agreement(result.accgrad);
    return report;
}

nlohmann::json to_json(const Report& report) {
    const bool constraints = !report.settings.empty();
    nlohmann::json json = {
        {"summary", json_rows<SummaryRow>(summary_table(report), report.summary)},
        {"savings", json_rows(saving_columns(), report.savings)},
        {"agreement", json_rows(agreement_columns(), report.agreement)}};
    if (constraints) json["settings"] = json_rows<SettingRow>(setting_table(), report.settings);
    return json;
}

std::string json_lines(const Report& report) {
    std::string lines;
    const nlohmann::json tables = to_json(report);
    for (const char* table : {"summary", "savings", "agreement", "settings"}) {
        if (!tables.contains(table)) continue;
        for (nlohmann::json row : tables.at(table)) {
            row["table"] = table;
            lines += row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
        }
    }
    return lines;
}

void check_writable(const fs::path& out_dir) {
    const fs::path folder = resolved(out_dir);
    check_replaceable(folder);
    fs::path parent = folder.parent_path();
    std::error_code ignored;
    while (!fs::exists(parent, ignored) && parent != parent.root_path()) {
        parent = parent.parent_path();
    }
    remove_abandoned(parent, hidden(folder) + ".");
    const StagingFolder trial(unfinished_beside(parent / folder.filename()));
    write_file(trial.path() / "file", [](std::ostream&) {});
    if (fs::exists(folder, ignored)) check_renameable(folder, trial.path());
}

Report write_results(const fs::path& out_dir, const RunResult& result,
                     const ResultOptions& options) {
    Report report = make_report(result, options.report);
    const fs::path folder = resolved(out_dir);
    check_replaceable(folder);
    const StagingFolder staging(unfinished_beside(folder));
    const bool constraints = !report.settings.empty();
    write_table<SegmentRow>(staging.path() / "segments.csv", segment_table(report),
                            result.segments);
    write_table<SummaryRow>(staging.path() / "summary.csv", summary_table(report), report.summary);
    if (constraints) {
        write_table<SettingRow>(staging.path() / "settings.csv", setting_table(), report.settings);
    }
    write_table(staging.path() / "savings.csv", saving_columns(), report.savings);
    if (!result.accgrad.empty()) {
        write_table<AccGradRow>(staging.path() / "accgrad.csv",
                                with_constraints(accgrad_columns(), constraints), result.accgrad);
        write_table(staging.path() / "agreement.csv", agreement_columns(), report.agreement);
    }
    nlohmann::json manifest = options.manifest;
    for (const fs::directory_entry& table : fs::directory_iterator(staging.path())) {
        manifest["tables"][table.path().filename().string()] = hash_file(table.path()).hex();
    }
    manifest["program"] = program;
    manifest["results_version"] = kResultsVersion;
    write_file(staging.path() / "manifest.json", [&](std::ostream& out) {
        // A command line may hold bytes that are not UTF-8.
        out << manifest.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    });
    swap_in(staging.path(), folder);
    return report;
}

void check_file_writable(const fs::path& file) {
    std::error_code ignored;
    const fs::file_status status = fs::status(file, ignored);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw OutputError(file.string(), "is not a regular file", "name another file");
    }
    errno = 0;
    if (!std::ofstream(file, std::ios::app)) {
        throw OutputError(file.string(),
                          fmt::format("cannot be written ({})", std::strerror(errno)),
                          "make its folder, make it writable or name another file");
    }
    if (!fs::exists(status)) fs::remove(file, ignored);
}

void make_output_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    check(error, folder, "cannot be made");
}

void write_file(const fs::path& file, const std::function<void(std::ostream&)>& fill) {
    errno = 0;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    if (out) fill(out);
    out.close();
    if (!out) {
        const int cause = errno;
        throw OutputError(file.string(),
                          fmt::format("cannot be written ({})",
                                      cause != 0 ? std::strerror(cause) : "for an unknown reason"),
                          "free some space, make it writable or choose another --out");
    }
}

}  // namespace oneadapt
