#include "report/page.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "knobs/configuration.hpp"
#include "report/curve.hpp"
#include "report/page_parts.hpp"
#include "schemes/scheme.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestLabel = 60;  ///< of a configuration, in characters

json or_null(const std::optional<double>& value) {
    return value ? json(*value) : json();
}

json rounded(double value, double scale) {
    return std::llround(value * scale);
}

/// Each configuration of a run once: what it is called, and its knobs' numbers, the mean where they
/// differ between regions.
class Configurations {
  public:
    explicit Configurations(const std::vector<std::string>& knobs) : knobs_(knobs) {}

    std::size_t number_of(const std::string& text) {
        const auto [at, is_new] = index_.try_emplace(text, index_.size());
        if (is_new) describe(text);
        return at->second;
    }
    const json& labels() const { return labels_; }
    const json& values() const { return values_; }

  private:
    void describe(const std::string& text) {
        const std::optional<Configuration> read = parsed(text);
        json values = json::array();
        std::string label;
        for (const std::string& knob : knobs_) {
            const double number =
                read ? numeric(*read, knob) : std::numeric_limits<double>::quiet_NaN();
            values.push_back(std::isnan(number) ? json() : json(number));
            if (std::isnan(number)) continue;
            label += fmt::format("{}{} {:.4g}", label.empty() ? "" : ", ", knob, number);
        }
        labels_.push_back(text.size() <= kLongestLabel || label.empty() ? text : label + " (mean)");
        values_.push_back(std::move(values));
    }

    /// What a scheme calls what it played may be no configuration.
    static std::optional<Configuration> parsed(const std::string& text) {
        try {
            return Configuration::parse(text);
        } catch (const UsageError&) {
            return std::nullopt;
        }
    }

    static double numeric(const Configuration& configuration, const std::string& knob) {
        constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
        return configuration.values().contains(knob) ? configuration.get(knob, kNone) : kNone;
    }

    const std::vector<std::string>& knobs_;
    std::map<std::string, std::size_t> index_;
    json labels_ = json::array();
    json values_ = json::array();
};

/// A cell of a clip in columns, segment after segment.
struct Course {
    json bytes = json::array();
    json accuracy = json::array();
    json delay = json::array();
    json configuration = json::array();
    json failed = json::object();  ///< by segment, why

    void add(const StoredSegment& row, Configurations& configurations) {
        const bool ok = row.status == "ok";
        if (!ok) failed[std::to_string(bytes.size())] = row.status;
        bytes.push_back(ok ? rounded(row.uplink_bytes, 1) : json());
        accuracy.push_back(ok ? rounded(row.accuracy, 1e4) : json());
        delay.push_back(row.delay_s ? rounded(*row.delay_s, 1e3) : json());
        configuration.push_back(configurations.number_of(row.configuration));
    }
};

std::vector<std::string> knobs_of(const StoredRun& run) {
    std::vector<std::string> knobs;
    const auto found = run.manifest.find("knobs");
    if (found == run.manifest.end() || !found->is_object()) return knobs;
    for (const auto& [knob, values] : found->items()) knobs.push_back(knob);
    return knobs;
}

/// Cells in the order of the file; `static` has one for each configuration, which stands in every
/// row of it.
json courses(const StoredRun& run, Configurations& configurations) {
    std::set<std::pair<std::string, std::string>> fixed;  // scheme, configuration
    for (const StoredPoint& point : run.points) {
        if (!point.configuration.empty()) fixed.emplace(point.scheme, point.configuration);
    }
    using Name =
        std::tuple<std::string, std::string, std::optional<double>, std::string, std::string>;
    std::map<Name, std::size_t> places;
    std::vector<std::pair<Name, Course>> cells;
    for (const StoredSegment& row : run.segments) {
        const bool is_fixed = fixed.contains({row.scheme, row.configuration});
        Name name{row.clip, row.scheme, row.weight, row.constraints,
                  is_fixed ? row.configuration : ""};
        const auto [at, is_new] = places.try_emplace(name, cells.size());
        if (is_new) cells.emplace_back(std::move(name), Course{});
        cells[at->second].second.add(row, configurations);
    }
    json out = json::array();
    for (auto& [name, course] : cells) {
        const auto& [clip, scheme, weight, constraints, configuration] = name;
        out.push_back({{"clip", clip},
                       {"scheme", scheme},
                       {"weight", or_null(weight)},
                       {"constraints", constraints},
                       {"fixed", configuration},
                       {"bytes", std::move(course.bytes)},
                       {"accuracy", std::move(course.accuracy)},
                       {"delay", std::move(course.delay)},
                       {"configuration", std::move(course.configuration)},
                       {"failed", std::move(course.failed)}});
    }
    return out;
}

json points(const StoredRun& run) {
    json out = json::array();
    for (const StoredPoint& point : run.points) {
        json& row = out.emplace_back(json{{"clip", point.clip},
                                          {"part", point.part},
                                          {"scheme", point.scheme},
                                          {"weight", or_null(point.weight)},
                                          {"constraints", point.constraints},
                                          {"fixed", point.configuration}});
        for (const auto& [name, figure] : point.figures) row[name] = figure;
    }
    return out;
}

json savings(const StoredRun& run) {
    json out = json::array();
    for (const StoredSaving& row : run.savings) {
        out.push_back({{"clip", row.clip},
                       {"part", row.part},
                       {"scheme", row.scheme},
                       {"baseline", row.baseline},
                       {"resource", row.resource},
                       {"status", row.status},
                       {"saving", or_null(row.saving)},
                       {"lo", or_null(row.lo)},
                       {"hi", or_null(row.hi)}});
    }
    return out;
}

json estimates(const StoredRun& run) {
    json out = json::array();
    for (const StoredEstimate& row : run.estimates) {
        out.push_back({row.clip, row.scheme, or_null(row.weight), row.segment, row.knob, row.from,
                       row.to, row.estimate, rounded(row.measured, 1e4), row.constraints});
    }
    return out;
}

/// The schemes that know in advance what comes.
json knowing(const StoredRun& run) {
    std::set<std::string> schemes;
    for (const SchemeKind& kind : scheme_table()) {
        if (kind.needs.hindsight) schemes.insert(kind.name);
    }
    json out = json::array();
    for (const StoredPoint& point : run.points) {
        if (schemes.erase(point.scheme) > 0) out.push_back(point.scheme);
    }
    return out;
}

/// Whether the run's savings are between convex hulls of frontiers, as its manifest says.
bool between_hulls(const StoredRun& run, std::size_t knobs) {
    const json lines = run.manifest.value(json::json_pointer("/spec/lines"), json("straight"));
    return lines.is_string() && lines_of(lines.get<std::string>(), knobs) == Lines::hull;
}

json page_data(const StoredRun& run) {
    const std::vector<std::string> knobs = knobs_of(run);
    Configurations configurations(knobs);
    json cells = courses(run, configurations);
    json about = json::object();
    for (const char* key : {"command_line", "version", "commit", "device", "link", "encoder"}) {
        if (run.manifest.contains(key)) about[key] = run.manifest.at(key);
    }
    const std::filesystem::path folder = run.folder.lexically_normal();
    return {{"name", (folder.has_filename() ? folder : folder.parent_path()).filename().string()},
            {"about", std::move(about)},
            {"knobs", knobs},
            {"hull", between_hulls(run, knobs.size())},
            {"points", points(run)},
            {"savings", savings(run)},
            {"estimates", estimates(run)},
            {"knowing", knowing(run)},
            {"configurations", configurations.labels()},
            {"values", configurations.values()},
            {"cells", std::move(cells)}};
}

/// JSON that may stand inside a script element.
std::string within_script(const json& data) {
    std::string text = data.dump();
    for (std::size_t at = text.find("</"); at != std::string::npos; at = text.find("</", at + 3)) {
        text.replace(at, 2, "<\\/");
    }
    return text;
}

}  // namespace

void write_page(std::ostream& out, const std::vector<StoredRun>& runs) {
    json data = json::array();
    for (const StoredRun& run : runs) data.push_back(page_data(run));
    const std::map<std::string_view, std::string> parts = {
        {"style", std::string(page_parts::style)},
        {"chart", std::string(page_parts::chart)},
        {"script", std::string(page_parts::script)},
        {"data", within_script(data)}};
    std::string_view rest = page_parts::frame;
    while (!rest.empty()) {
        const std::size_t begin = rest.find("{{");
        out << rest.substr(0, begin);
        if (begin == std::string_view::npos) break;
        const std::size_t end = rest.find("}}", begin);
        out << parts.at(rest.substr(begin + 2, end - begin - 2));
        rest.remove_prefix(end + 2);
    }
}

}  // namespace oneadapt
