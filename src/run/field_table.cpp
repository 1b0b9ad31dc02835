#include "run/fields.hpp"

#include <array>
#include <tuple>

#include "run/field_groups.hpp"

namespace oneadapt {
namespace {

/// Every member, in order: a member that is added does not compile until it stands here, and then
/// not until the table has a row for it.
[[maybe_unused]] auto members(const RunSpec& spec) {
    const auto& [task, input, knobs, values, schemes, settings, weights, weight_gpu, goal,
                 min_accuracy, max_energy, max_power, deadline_ms, accuracies, clips, dataset, fps,
                 segment_frames, size, start_s, duration_s, point_layout, intensity_max, codec,
                 preset, model, models, sidecar, device, link, downlink, slowdown, idle_power,
                 environment, series_end, profile, score, metric, warmup, block, seed, lines] =
        spec;
    return std::tie(task, input, knobs, values, schemes, settings, weights, weight_gpu, goal,
                    min_accuracy, max_energy, max_power, deadline_ms, accuracies, clips, dataset,
                    fps, segment_frames, size, start_s, duration_s, point_layout, intensity_max,
                    codec, preset, model, models, sidecar, device, link, downlink, slowdown,
                    idle_power, environment, series_end, profile, score, metric, warmup, block,
                    seed, lines);
}

template <std::size_t... n>
std::vector<Field> joined(std::array<Field, n>... parts) {
    static_assert((n + ...) == std::tuple_size_v<decltype(members(RunSpec{}))>,
                  "each member of RunSpec has one row in the table of fields");
    std::vector<Field> all;
    (all.insert(all.end(), parts.begin(), parts.end()), ...);
    return all;
}

}  // namespace

const std::vector<Field>& fields() {
    static const std::vector<Field> table = joined(
        adapted_fields(), goal_fields(), watched_fields(), testbed_fields(), report_fields());
    return table;
}

}  // namespace oneadapt
