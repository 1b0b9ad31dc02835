#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/agreement.hpp"
#include "report/savings.hpp"
#include "report/settings.hpp"
#include "report/summary.hpp"
#include "sim/result.hpp"

namespace oneadapt {

/// Goes into every manifest. Whoever changes what the same run writes raises it: what a sweep
/// finished before is then played anew.
inline constexpr int kResultsVersion = 5;

/// What is worked out from a run.
struct Report {
    std::vector<SummaryRow> summary;
    std::vector<SavingRow> savings;
    std::vector<AgreementRow> agreement;  ///< empty where no gradient scheme ran
    /// Empty where nothing was played for constraints; else there are no savings, since goals that
    /// are constraints draw no frontier.
    std::vector<SettingRow> settings;
};

/// How a report is worked out.
struct ReportOptions {
    SummaryOptions summary = {};
    Lines lines = Lines::straight;
};

Report make_report(const RunResult& result, const ReportOptions& options);

/// The report as one object with the arrays `summary`, `savings`, `agreement` and, for constraints,
/// `settings`; their objects have the columns of the CSVs as keys.
nlohmann::json to_json(const Report& report);

/// The same as a line for each row: an object that says under `table` where it belongs.
std::string json_lines(const Report& report);

struct ResultOptions {
    ReportOptions report = {};
    /// What manifest.json is to hold; an object. The key `program` is added, by which a results
    /// folder is known again, `results_version`, and `tables`: of each CSV its hash.
    nlohmann::json manifest = nlohmann::json::object();
};

/// Throws OutputError unless write_results() could make or replace this folder: to be called before
/// hours of work. Leaves nothing behind, and removes what a killed run left beside the folder.
void check_writable(const std::filesystem::path& out_dir);

/// Writes segments.csv, summary.csv, savings.csv, manifest.json and, where a gradient scheme ran,
/// accgrad.csv and agreement.csv, and for constraints settings.csv. The folder appears whole or not
/// at all: the files are written into a hidden folder beside it, which then takes its name. An
/// older folder is replaced only if it is empty or holds nothing but results of this program and
/// figures drawn from them. Throws OutputError, and then leaves everything as it was.
Report write_results(const std::filesystem::path& out_dir, const RunResult& result,
                     const ResultOptions& options);

/// Throws OutputError unless write_file() could write this file: to be called before long work.
/// Leaves everything as it was.
void check_file_writable(const std::filesystem::path& file);

/// Makes a folder and those above it, unless it is there; throws OutputError.
void make_output_folder(const std::filesystem::path& folder);

/// Writes a file through `fill` and checks that all of it reached the disk; throws OutputError.
void write_file(const std::filesystem::path& file, const std::function<void(std::ostream&)>& fill);

}  // namespace oneadapt
