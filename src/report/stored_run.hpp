#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace oneadapt {

/// A row of segments.csv, as far as it is looked at again.
struct StoredSegment {
    std::string clip;
    std::string scheme;
    std::optional<double> weight;
    std::string constraints = {};  ///< see constraints_text()
    int segment = 0;
    std::string configuration;
    double uplink_bytes = 0;
    double accuracy = 0;
    std::optional<double> delay_s;
    std::string status;
};

/// A row of summary.csv: a point of a scheme's frontier.
struct StoredPoint {
    std::string clip;
    std::string part;
    std::string scheme;
    std::optional<double> weight;
    std::string constraints = {};  ///< see constraints_text()
    std::string configuration;
    /// By column, e.g. "kbps"; those that are absent in the row are left out.
    std::vector<std::pair<std::string, double>> figures;
};

/// A row of savings.csv.
struct StoredSaving {
    std::string clip;
    std::string part;
    std::string scheme;
    std::string baseline;
    std::string resource;
    std::string status;
    std::optional<double> saving;
    std::optional<double> lo;
    std::optional<double> hi;
};

/// A row of accgrad.csv: what a gradient scheme expected of a step to a cheaper value, and what
/// was measured.
struct StoredEstimate {
    std::string clip;
    std::string scheme;
    std::optional<double> weight;
    std::string constraints = {};  ///< see constraints_text()
    int segment = 0;
    std::string knob;
    std::string from;
    std::string to;
    double estimate = 0;
    double measured = 0;
};

/// What a run left in its results folder.
// NOLINTNEXTLINE(bugprone-exception-escape): moving a json throws nothing
struct StoredRun {
    std::filesystem::path folder;
    nlohmann::json manifest;
    std::vector<StoredSegment> segments;
    std::vector<StoredPoint> points;
    std::vector<StoredSaving> savings;
    std::vector<StoredEstimate> estimates;  ///< empty where no gradient scheme ran
};

/// Reads a results folder. Throws InputError naming file and line: a file that is missing, lacks a
/// column or has something else than a number where one is due.
StoredRun read_results(const std::filesystem::path& folder);

}  // namespace oneadapt
