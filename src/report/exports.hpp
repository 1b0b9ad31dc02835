#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/stored_run.hpp"

namespace oneadapt {

/// A form that other tools read.
struct ExportKind {
    std::string name;
    std::string summary;
    /// Writes a run into a folder, made when missing. Throws InputError for a run that the form
    /// cannot tell, OutputError. Null for the form of boxes, which no table holds: the run is
    /// replayed for it.
    void (*write)(const StoredRun& run, const std::filesystem::path& out);
};

/// Every form there is.
const std::vector<ExportKind>& export_table();

/// The row of that name; throws UsageError with the list of valid ones.
const ExportKind& find_export(const std::string& name);

}  // namespace oneadapt
