#include "report/columns.hpp"

#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "knobs/knob_space.hpp"

namespace oneadapt {
namespace {

Value whole(std::int64_t value) {
    return value;
}
Value count(std::size_t value) {
    return static_cast<std::int64_t>(value);
}

/// A figure of a segment that was played; nothing for one that failed.
template <class T>
Value figure(const SegmentRow& row, T value) {
    if (!succeeded(row)) return {};
    if constexpr (std::is_integral_v<T>) {
        return whole(value);
    } else {
        return value;
    }
}

/// A value of a knob: a number, or the value's name.
Value knob_value(const KnobValue& value) {
    return value.named() ? Value(value.name()) : Value(value.number());
}

Value low(const std::optional<Interval>& interval) {
    return interval ? Value(interval->lo) : Value();
}
Value high(const std::optional<Interval>& interval) {
    return interval ? Value(interval->hi) : Value();
}

/// A mean over segments; nothing where there were none.
Value mean(const SummaryRow& row, double value) {
    return row.segments > 0 ? Value(value) : Value();
}

}  // namespace

std::span<const Column<SegmentRow>> segment_columns() {
    using R = const SegmentRow&;
    static constexpr Column<SegmentRow> columns[] = {
        {"clip", [](R r) -> Value { return r.clip; }},
        {"scheme", [](R r) -> Value { return r.cell.scheme; }},
        {"weight", [](R r) { return value_of(r.cell.goal.weight); }},
        {"segment", [](R r) { return whole(r.segment); }},
        {"configuration", [](R r) -> Value { return r.configuration; }},
        {"uplink_bytes", [](R r) { return figure(r, r.ledger.uplink_bytes); }},
        {"downlink_bytes", [](R r) { return figure(r, r.ledger.downlink_bytes); }},
        {"kbps", [](R r) { return figure(r, r.kbps); }},
        {"kept_frames", [](R r) { return figure(r, r.kept_frames); }},
        {"forward_frames", [](R r) { return figure(r, r.ledger.forward_frames); }},
        {"backward_frames", [](R r) { return figure(r, r.ledger.backward_frames); }},
        {"gflop", [](R r) { return figure(r, r.ledger.gflop); }},
        {"camera_encodes", [](R r) { return figure(r, r.ledger.camera_encodes); }},
        {"accuracy", [](R r) { return figure(r, r.accuracy); }},
        {"delay_s", [](R r) { return r.delay ? figure(r, r.delay->value) : Value(); }},
        {"energy_j", [](R r) { return figure(r, r.ledger.energy_j); }},
        {"status", [](R r) -> Value { return r.status; }},
        {"server_encodes", [](R r) { return figure(r, r.ledger.server_encodes); }},
        {"relative_bandwidth", [](R r) { return figure(r, r.relative_bandwidth); }},
        {"objective", [](R r) { return succeeded(r) ? value_of(r.objective) : Value(); }},
        {"streaming_accuracy", [](R r) { return figure(r, r.streaming_accuracy); }},
    };
    return columns;
}

std::span<const Column<SegmentRow>> constraint_segment_columns() {
    using R = const SegmentRow&;
    static constexpr Column<SegmentRow> columns[] = {
        {"server_j", [](R r) { return figure(r, r.ledger.server_j); }},
        {"late", [](R r) { return figure(r, r.late); }},
    };
    return columns;
}

std::span<const Column<SummaryRow>> ap50_columns() {
    using R = const SummaryRow&;
    static constexpr Column<SummaryRow> columns[] = {
        {"ap50", [](R r) { return value_of(r.ap50); }},
        {"ap50_ci_lo", [](R r) { return low(r.ap50_interval); }},
        {"ap50_ci_hi", [](R r) { return high(r.ap50_interval); }},
    };
    return columns;
}

std::span<const Column<SettingRow>> setting_columns() {
    using R = const SettingRow&;
    static constexpr auto figure_of = [](R r, double value) {
        return r.inputs > 0 ? Value(value) : Value();
    };
    static constexpr Column<SettingRow> columns[] = {
        {"part", [](R r) -> Value { return std::string(text(r.part)); }},
        {"scheme", [](R r) -> Value { return r.cell.scheme; }},
        {"configuration", [](R r) -> Value { return r.configuration; }},
        {"inputs", [](R r) { return count(r.inputs); }},
        {"energy_j", [](R r) { return figure_of(r, r.energy_j); }},
        {"error", [](R r) { return figure_of(r, r.error); }},
        {"late", [](R r) { return figure_of(r, r.late); }},
        {"over", [](R r) { return figure_of(r, r.over); }},
        {"violated", [](R r) { return r.inputs > 0 ? whole(r.violated ? 1 : 0) : Value(); }},
        {"energy_ratio", [](R r) { return value_of(r.energy_ratio); }},
        {"error_ratio", [](R r) { return value_of(r.error_ratio); }},
        {"energy_ratio_ci_lo", [](R r) { return low(interval(r.energy_draws)); }},
        {"energy_ratio_ci_hi", [](R r) { return high(interval(r.energy_draws)); }},
        {"error_ratio_ci_lo", [](R r) { return low(interval(r.error_draws)); }},
        {"error_ratio_ci_hi", [](R r) { return high(interval(r.error_draws)); }},
        {"kbps", [](R r) { return figure_of(r, r.kbps); }},
        {"all_energy_j", [](R r) { return figure_of(r, r.all_energy_j); }},
    };
    return columns;
}

std::span<const Column<SummaryRow>> summary_columns() {
    using R = const SummaryRow&;
    static constexpr Column<SummaryRow> columns[] = {
        {"clip", [](R r) -> Value { return r.clip; }},
        {"part", [](R r) -> Value { return std::string(text(r.part)); }},
        {"scheme", [](R r) -> Value { return r.cell.scheme; }},
        {"weight", [](R r) { return value_of(r.cell.goal.weight); }},
        {"configuration", [](R r) -> Value { return r.cell.fixed; }},
        {"segments", [](R r) { return count(r.segments); }},
        {"failed_segments", [](R r) { return count(r.failed_segments); }},
        {"accuracy", [](R r) { return mean(r, r.accuracy); }},
        {"kbps", [](R r) { return mean(r, r.kbps); }},
        {"relative_bandwidth", [](R r) { return mean(r, r.relative_bandwidth); }},
        {"objective", [](R r) { return value_of(r.objective); }},
        {"gpu_frames", [](R r) { return mean(r, r.gpu_frames); }},
        {"forward_frames", [](R r) { return mean(r, r.forward_frames); }},
        {"backward_frames", [](R r) { return mean(r, r.backward_frames); }},
        {"gflop", [](R r) { return mean(r, r.gflop); }},
        {"camera_encodes", [](R r) { return mean(r, r.camera_encodes); }},
        {"server_encodes", [](R r) { return mean(r, r.server_encodes); }},
        {"uplink_bytes", [](R r) { return mean(r, r.uplink_bytes); }},
        {"downlink_bytes", [](R r) { return mean(r, r.downlink_bytes); }},
        {"kept_frames", [](R r) { return mean(r, r.kept_frames); }},
        {"delay_s", [](R r) { return value_of(r.delay_s); }},
        {"delay_p95_s", [](R r) { return value_of(r.delay_p95_s); }},
        {"energy_j", [](R r) { return mean(r, r.energy_j); }},
        {"streaming_accuracy", [](R r) { return mean(r, r.streaming_accuracy); }},
        {"accuracy_ci_lo", [](R r) { return low(r.accuracy_interval); }},
        {"accuracy_ci_hi", [](R r) { return high(r.accuracy_interval); }},
        {"kbps_ci_lo", [](R r) { return low(r.kbps_interval); }},
        {"kbps_ci_hi", [](R r) { return high(r.kbps_interval); }},
        {"blocks", [](R r) { return count(r.blocks); }},
    };
    return columns;
}

std::span<const Column<SavingRow>> saving_columns() {
    using R = const SavingRow&;
    static constexpr Column<SavingRow> columns[] = {
        {"clip", [](R r) -> Value { return r.clip; }},
        {"part", [](R r) -> Value { return std::string(text(r.part)); }},
        {"scheme", [](R r) -> Value { return r.scheme; }},
        {"baseline", [](R r) -> Value { return r.baseline; }},
        {"saving", [](R r) { return value_of(r.comparison.saving); }},
        {"accuracy_lo", [](R r) { return value_of(r.comparison.accuracy_lo); }},
        {"accuracy_hi", [](R r) { return value_of(r.comparison.accuracy_hi); }},
        {"accuracy_gain", [](R r) { return value_of(r.comparison.accuracy_gain); }},
        {"cost_lo", [](R r) { return value_of(r.comparison.cost_lo); }},
        {"cost_hi", [](R r) { return value_of(r.comparison.cost_hi); }},
        {"points_scheme", [](R r) { return count(r.comparison.points); }},
        {"points_baseline", [](R r) { return count(r.comparison.baseline_points); }},
        {"status", [](R r) -> Value { return std::string(status_of(r)); }},
        {"resource", [](R r) -> Value { return std::string(text(r.resource)); }},
        {"saving_ci_lo", [](R r) { return low(r.interval); }},
        {"saving_ci_hi", [](R r) { return high(r.interval); }},
        {"comparable", [](R r) -> Value { return r.comparable; }},
        {"blocks", [](R r) { return count(r.blocks); }},
        {"share_of_oracle", [](R r) { return value_of(r.share); }},
    };
    return columns;
}

std::span<const Column<AccGradRow>> accgrad_columns() {
    using R = const AccGradRow&;
    static constexpr Column<AccGradRow> columns[] = {
        {"clip", [](R r) -> Value { return r.clip; }},
        {"scheme", [](R r) -> Value { return r.cell.scheme; }},
        {"weight", [](R r) { return value_of(r.cell.goal.weight); }},
        {"segment", [](R r) { return whole(r.segment); }},
        {"knob", [](R r) -> Value { return r.knob; }},
        {"from", [](R r) { return knob_value(r.from); }},
        {"to", [](R r) { return knob_value(r.to); }},
        {"estimate", [](R r) -> Value { return r.estimate; }},
        {"measured", [](R r) -> Value { return r.measured; }},
        {"utility_change", [](R r) { return value_of(r.utility_change); }},
    };
    return columns;
}

std::span<const Column<AgreementRow>> agreement_columns() {
    using R = const AgreementRow&;
    static constexpr Column<AgreementRow> columns[] = {
        {"scheme", [](R r) -> Value { return r.scheme; }},
        {"knob", [](R r) -> Value { return r.knob; }},
        {"averaged_over", [](R r) -> Value { return r.averaged_over; }},
        {"pairs", [](R r) { return count(r.pairs); }},
        {"spearman", [](R r) { return value_of(r.spearman); }},
        {"equal_sign", [](R r) { return value_of(r.equal_sign); }},
        {"measured_zero", [](R r) -> Value { return r.measured_zero; }},
    };
    return columns;
}

std::string constraints_text(const CellId& cell) {
    struct Row {
        const CellId& cell;
    };
    std::string text;
    for (const Column<Row>& column : constraint_columns<Row>()) {
        const std::string value = csv_text(column.value({cell}));
        if (value.empty()) continue;
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", column.name, value);
    }
    return text;
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string csv_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return csv_field(*text);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
    const auto* number = std::get_if<double>(&value);
    return number != nullptr && std::isfinite(*number) ? number_text(*number) : std::string();
}

nlohmann::json json_value(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !std::isfinite(*number)) return nullptr;
    return *number;
}

}  // namespace oneadapt
