#include "knobs/knob_space.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <functional>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"
#include "support/table.hpp"

namespace oneadapt {
namespace {

/// Changes add up over a segment, so a threshold may exceed a whole frame.
constexpr double kHighestThreshold = 100;

/// Values: OneAdapt, encoding pipeline (the seven resolutions as scales of 1920x1200). Thresholds:
/// chosen on the three embedded clips, on each of which the cheapest keeps one or two of ten
/// frames, the steps between lying apart by about a factor of two. Macroblocks: OneAdapt's two
/// levels 24 and 36, one between and one beyond.
const std::array<KnobKind, 15> kTable = {{
    {.name = "qp",
     .summary = "quantisation parameter of the video encoder",
     .values = {20, 22, 24, 26, 28, 30, 34, 38, 42, 46, 50},
     .lowest = 0,
     .highest = 51,
     .whole = true},
    {.name = "resolution",
     .summary = "scale of the sent frames, 1 = analysis size",
     .values = {1, 0.83, 0.67, 0.53, 0.47, 0.4, 0.33},
     .lowest = 0.05,
     .highest = 1,
     .descending = true},
    {.name = "bframe-bias",
     .summary = "how much the encoder likes B-frames",
     .values = {-100, -50, 0, 50, 100},
     .lowest = -100,
     .highest = 100,
     .whole = true},
    {.name = "framerate",
     .summary = "frames per second sent and analysed",
     .values = {10, 5, 2, 1},
     .lowest = 0.01,
     .highest = 1000,
     .descending = true,
     .drops = Drops::by_rate},
    {.name = "filter-pixel",
     .summary = "change of pixels that a frame must bring to be sent",
     .values = {0, 0.02, 0.05, 0.1, 0.2, 0.5, 1},
     .lowest = 0,
     .highest = kHighestThreshold,
     .drops = Drops::by_content},
    {.name = "filter-area",
     .summary = "change of the largest region that a frame must bring to be sent",
     .values = {0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2},
     .lowest = 0,
     .highest = kHighestThreshold,
     .drops = Drops::by_content},
    {.name = "filter-edge",
     .summary = "change of edges that a frame must bring to be sent",
     .values = {0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1},
     .lowest = 0,
     .highest = kHighestThreshold,
     .drops = Drops::by_content},
    {.name = "sample-rate",
     .summary = "samples of sound per second sent, in kHz",
     .values = {16, 12, 8, 6, 4},
     .lowest = 1,
     .highest = 192,
     .descending = true},
    {.name = "audio-bitrate",
     .summary = "target of the audio encoder, in kbit/s",
     .values = {32, 24, 16, 12, 8, 6},
     .lowest = 6,
     .highest = 510,
     .descending = true},
    {.name = "lidar-bits",
     .summary = "bits per coordinate over a cube of 204.8 m; 14 is 1.25 cm, 8 is 80 cm",
     .values = {14, 13, 12, 11, 10, 9, 8},
     .lowest = 4,
     .highest = 20,
     .whole = true,
     .descending = true},
    {.name = "lidar-points",
     .summary = "share of a sweep's points that is sent",
     .values = {1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1},
     .lowest = 0.001,
     .highest = 1,
     .descending = true},
    {.name = "macroblock",
     .summary = "quantisation parameter of each 16x16 block",
     .values = {24, 30, 36, 42},
     .lowest = 0,
     .highest = 51,
     .whole = true,
     .regional_form_of = "qp"},
    {.name = "lidar-tiles",
     .summary = "lidar-bits of each tile of 45 degrees x 6.4 m",
     .values = {14, 12, 11, 10, 9, 8},
     .lowest = 4,
     .highest = 20,
     .whole = true,
     .descending = true,
     .regional_form_of = "lidar-bits"},
    {.name = "model",
     .summary = "size of the DNN, where it comes in several: GPU work, not bandwidth",
     .values = {"m", "s", "n"},
     .acts_on = ActsOn::server},
    {.name = "power",
     .summary = "power cap of the server's device, in watts; those of the profile (--profile)",
     .values = {45, 40, 35, 30, 25, 20, 15, 10},
     .acts_on = ActsOn::device,
     .lowest = 0.01,
     .highest = 10000,
     .descending = true},
}};

const KnobKind* known_knob(std::string_view name) {
    const auto* const found = std::ranges::find(kTable, name, &KnobKind::name);
    return found == kTable.end() ? nullptr : found;
}

/// The rows of the knobs that say nothing of what the camera sends.
std::span<const KnobKind> off_camera() {
    static const std::vector<KnobKind> rows = [] {
        std::vector<KnobKind> found;
        std::ranges::copy_if(kTable, std::back_inserter(found),
                             [](const KnobKind& kind) { return kind.acts_on != ActsOn::camera; });
        return found;
    }();
    return rows;
}

std::string knob_names() {
    std::vector<std::string> names;
    std::ranges::transform(kTable, std::back_inserter(names), &KnobKind::name);
    return fmt::format("{}", fmt::join(names, ", "));
}

void check_numbers(const KnobKind& kind, const std::vector<KnobValue>& values) {
    const std::string where = "--values " + kind.name;
    for (const KnobValue& value : values) {
        const double number = value.number();
        const bool whole_enough = !kind.whole || number == std::floor(number);
        if (number < kind.lowest || number > kind.highest || !whole_enough) {
            throw UsageError(where, fmt::format("{} is out of range", number),
                             fmt::format("use {}numbers from {} to {}", kind.whole ? "whole " : "",
                                         kind.lowest, kind.highest));
        }
    }
    const bool ordered =
        kind.descending ? std::ranges::is_sorted(values, std::greater_equal<>(), &KnobValue::number)
                        : std::ranges::is_sorted(values, std::less_equal<>(), &KnobValue::number);
    if (ordered) return;
    throw UsageError(where, "values are not in order, most expensive first, each once",
                     fmt::format("write them {}", kind.descending ? "descending" : "ascending"));
}

void check_names(const KnobKind& kind, const std::vector<KnobValue>& values) {
    std::set<std::string> seen;
    for (const KnobValue& value : values) {
        if (seen.insert(value.name()).second) continue;
        throw UsageError("--values " + kind.name, fmt::format("'{}' is named twice", value.name()),
                         "name each once");
    }
}

void check_values(const KnobKind& kind, const std::vector<KnobValue>& values) {
    if (values.empty()) {
        throw UsageError("--values " + kind.name, "has no values", "give at least one");
    }
    kind.named() ? check_names(kind, values) : check_numbers(kind, values);
}

bool is_name(std::string_view text) {
    const auto fits = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-' || c == '@';
    };
    return !text.empty() && std::ranges::all_of(text, fits);
}

}  // namespace

std::span<const KnobKind> knob_table() {
    return kTable;
}

const KnobKind& find_knob(std::string_view name) {
    return find_row(kTable, name, "knob");
}

std::string_view machine_name(ActsOn machine) {
    constexpr std::string_view kNames[] = {"camera", "server", "server's device"};
    return kNames[static_cast<std::size_t>(machine)];
}

bool has_names(std::string_view knob) {
    const KnobKind* kind = known_knob(knob);
    return kind != nullptr && kind->named();
}

KnobValue parse_value(std::string_view knob, std::string_view text, const std::string& what) {
    if (!has_names(knob)) return parse_number(text, what);
    if (is_name(text)) return std::string(text);
    throw UsageError(what, fmt::format("'{}' is not a name", text),
                     "write letters, digits, '_', '.', '-' and '@'");
}

std::vector<std::string> texts(const std::vector<KnobValue>& values) {
    std::vector<std::string> all;
    std::ranges::transform(values, std::back_inserter(all), &KnobValue::text);
    return all;
}

Configuration as_sent(const Configuration& configuration) {
    const std::span<const KnobKind> others = off_camera();
    const auto in_use = [&](const KnobKind& kind) { return configuration.has(kind.name); };
    if (std::ranges::none_of(others, in_use)) return configuration;
    Configuration sent = configuration;
    for (const KnobKind& kind : others) sent.remove(kind.name);
    return sent;
}

std::optional<std::string> chosen_dnn(const Configuration& configuration) {
    for (const auto& [knob, name] : configuration.names()) {
        if (find_knob(knob).acts_on == ActsOn::server) return name;
    }
    return std::nullopt;
}

double chosen_cap(const Configuration& configuration) {
    static const KnobKind& cap = *std::ranges::find(kTable, ActsOn::device, &KnobKind::acts_on);
    return configuration.get(cap.name, 0);
}

const KnobKind* knob_of(const std::vector<std::string>& names, ActsOn machine) {
    for (const std::string& name : names) {
        if (find_knob(name).acts_on == machine) return &find_knob(name);
    }
    return nullptr;
}

void check_together(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const std::string& other = find_knob(name).regional_form_of;
        if (std::ranges::find(names, other) == names.end()) continue;
        throw UsageError(fmt::format("knobs {} and {}", name, other),
                         fmt::format("both set {}, the first one region by region", other),
                         "leave one of them out");
    }
}

KnobSpace::KnobSpace(std::vector<Knob> knobs) : knobs_(std::move(knobs)) {
    reference_ = made_at(Indices(knobs_.size(), 0));
    constexpr std::size_t kMost = 1 << 12;
    if (grid_size() <= kMost) grid_ = made_grid();
}

KnobSpace KnobSpace::from_names(const std::vector<std::string>& names,
                                const std::map<std::string, std::vector<KnobValue>>& overrides) {
    check_together(names);
    std::vector<Knob> knobs;
    std::set<std::string> seen;
    for (const std::string& name : names) {
        const KnobKind& kind = find_knob(name);
        if (!seen.insert(name).second) {
            throw UsageError(fmt::format("knob '{}'", name), "is named twice", "name it once");
        }
        const auto given = overrides.find(name);
        if (given != overrides.end()) check_values(kind, given->second);
        knobs.push_back({name, given != overrides.end() ? given->second : kind.values});
    }
    for (const auto& [name, values] : overrides) {
        if (!seen.contains(name)) {
            throw UsageError(
                fmt::format("--values {}", name), "names a knob that is not in use",
                fmt::format("add it to --knob, or choose from {}", fmt::join(names, ", ")));
        }
    }
    if (knobs.empty()) throw UsageError("--knob", "names no knob", "choose from " + knob_names());
    return KnobSpace(std::move(knobs));
}

Configuration KnobSpace::at(const Indices& indices) const {
    if (grid_.empty() || indices.size() != knobs_.size()) return made_at(indices);
    std::size_t place = 0;
    for (std::size_t k = 0; k < knobs_.size(); ++k) {
        if (indices[k] >= knobs_[k].size()) return made_at(indices);  // which refuses it
        place = place * knobs_[k].size() + indices[k];
    }
    return grid_[place];
}

Configuration KnobSpace::made_at(const Indices& indices) const {
    Configuration configuration;
    for (std::size_t k = 0; k < knobs_.size(); ++k) {
        configuration.set(knobs_[k].name, knobs_[k].values.at(indices.at(k)));
    }
    return configuration;
}

Indices KnobSpace::indices(const Configuration& configuration) const {
    Indices found;
    for (const Knob& knob : knobs_) {
        const auto name = configuration.names().find(knob.name);
        const KnobValue value = name != configuration.names().end()
                                    ? KnobValue(name->second)
                                    : configuration.get(knob.name, std::nan(""));
        const auto place = std::ranges::find(knob.values, value);
        if (place == knob.values.end()) {
            throw UsageError(fmt::format("configuration '{}'", configuration.text()),
                             fmt::format("has no value of knob {} in use", knob.name),
                             fmt::format("choose from {}", fmt::join(texts(knob.values), ", ")));
        }
        found.push_back(static_cast<std::size_t>(place - knob.values.begin()));
    }
    if (configuration.knobs().size() != knobs_.size()) {
        throw UsageError(fmt::format("configuration '{}'", configuration.text()),
                         "has knobs that are not in use", "add them to --knob");
    }
    return found;
}

std::vector<Configuration> KnobSpace::grid() const {
    return grid_.empty() ? made_grid() : grid_;
}

std::vector<Configuration> KnobSpace::made_grid() const {
    std::vector<Configuration> all;
    all.reserve(grid_size());
    Indices indices(knobs_.size(), 0);
    while (true) {
        all.push_back(made_at(indices));
        std::size_t k = knobs_.size();
        while (k > 0 && ++indices[k - 1] == knobs_[k - 1].size()) indices[--k] = 0;
        if (k == 0) return all;
    }
}

std::size_t KnobSpace::grid_size() const {
    std::size_t size = 1;
    for (const Knob& knob : knobs_) size *= knob.size();
    return size;
}

double KnobSpace::step(std::size_t knob) const {
    const std::size_t n = knobs_.at(knob).size();
    return n > 1 ? 1.0 / static_cast<double>(n - 1) : 1.0;
}

}  // namespace oneadapt
