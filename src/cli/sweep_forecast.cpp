#include "cli/sweep_forecast.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/progress.hpp"
#include "run/forecast.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

void print_cell(const Cell& cell, const std::string& status, const CellForecast& forecast,
                bool as_json) {
    if (as_json) {
        fmt::print("{}\n", nlohmann::json{{"table", "forecast"},
                                          {"cell", cell.id},
                                          {"status", status},
                                          {"evaluations", forecast.evaluations},
                                          {"lacking", forecast.lacking},
                                          {"unknown_clips", forecast.unknown}}
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        return;
    }
    const std::string unknown =
        forecast.unknown.empty()
            ? ""
            : fmt::format(", clips of unknown length: {}", fmt::join(forecast.unknown, ", "));
    fmt::print("{}: {}; lacks {} of {} evaluations{}\n", cell.id, status, forecast.lacking,
               forecast.evaluations, unknown);
}

void print_total(const CellForecast& total, const std::optional<double>& bytes, int jobs) {
    const std::string size =
        bytes ? fmt::format("{:.1f} MB", 1e-6 * *bytes * static_cast<double>(total.lacking))
              : "unknown, as nothing is recorded yet";
    const std::string time = total.lacking > 0 && total.seconds == 0
                                 ? "unknown, as the trace does not know the DNN"
                                 : fmt::format("{} on {} workers by the device profile",
                                               duration_text(total.seconds / jobs), jobs);
    fmt::print("in all {} of {} evaluations are lacking: time {}; trace {}\n", total.lacking,
               total.evaluations, time, size);
}

}  // namespace

int print_forecast(const std::vector<Cell>& cells, const SweepFolder& folder,
                   const Execution& execution) {
    Forecast forecast(execution);
    CellForecast total;
    int code = static_cast<int>(ExitCode::ok);
    for (const Cell& cell : cells) {
        const std::string status = folder.state(cell).status;
        CellForecast one;
        try {
            one = forecast.add(cell);
            print_cell(cell, status, one, execution.json);
        } catch (const Error& error) {
            if (code == 0) code = static_cast<int>(error.code());
            print_cell(cell, fmt::format("error: {}", error.what()), one, execution.json);
        }
        total.evaluations += one.evaluations;
        total.lacking += one.lacking;
        total.seconds += one.seconds;
    }
    if (!execution.json) {
        print_total(total, forecast.bytes_per_evaluation(), worker_count(execution));
    }
    return code;
}

}  // namespace oneadapt
