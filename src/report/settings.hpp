#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/parts.hpp"
#include "sim/result.hpp"

namespace oneadapt {

/// More than this share of inputs, or of segments, that miss a bound violates a setting, as in
/// ALERT.
inline constexpr double kToleratedMisses = 0.1;

/// A scheme under one setting of constraints, over all clips: a row of settings.csv.
struct SettingRow {
    Part part = Part::whole;
    CellId cell;
    std::string configuration = {};  ///< of the yardstick, the best one in hindsight
    /// Frames that were sent; 0 where a segment failed: then there are no figures.
    std::size_t inputs = 0;
    double energy_j = 0;  ///< the server's, mean of a segment
    double error = 0;     ///< 1 - mean accuracy
    double kbps = 0;
    double all_energy_j = 0;  ///< the camera's, too
    double late = 0;          ///< share of inputs without a result by the deadline
    double over = 0;          ///< share of segments above the goal's energy
    bool violated = false;    ///< late or over too often, or less accurate on average than the goal
    /// Over the yardstick's; absent where that was not played, violates the setting, or has none of
    /// it.
    std::optional<double> energy_ratio = {};
    std::optional<double> error_ratio = {};
    /// Of the ratios, one for each replicate of the bootstrap.
    std::vector<double> energy_draws = {};
    std::vector<double> error_draws = {};
};

/// Means over the settings that a scheme does not violate: a line of the printed table.
struct SettingMean {
    std::string scheme;
    std::size_t settings = 0;
    std::size_t violated = 0;  ///< of them; these are left out
    std::size_t failed = 0;    ///< of them, without figures; these too
    std::size_t compared = 0;  ///< of the others, those that the yardstick does not violate either
    /// Harmonic means of the ratios, and their 95 % intervals; absent where nothing is compared.
    std::optional<double> energy = {};
    std::optional<double> error = {};
    std::optional<Interval> energy_interval = {};
    std::optional<Interval> error_interval = {};
    /// Means of what is not over anything's; absent where every setting is violated.
    std::optional<double> energy_j = {};
    std::optional<double> plain_error = {};
};

/// For the whole and then for the steady part: every setting with every scheme that was played for
/// it, in order of appearance; empty where the run knows no constraints. The yardstick (see
/// Yardstick::setting) plays configurations for deadlines alone; of these each setting takes the
/// one that does best without violating it, known afterwards.
std::vector<SettingRow> settings(const RunResult& result, const SummaryOptions& options,
                                 const std::string& yardstick);

/// Of that part.
std::vector<SettingMean> setting_means(const std::vector<SettingRow>& settings, Part part);

/// The means as a table for the terminal: over the yardstick's where anything is compared with it,
/// else as they are; in brackets how many settings were violated.
std::string settings_text(const std::vector<SettingMean>& means, Part part,
                          const std::string& yardstick);

}  // namespace oneadapt
