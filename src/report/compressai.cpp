#include "report/compressai.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "knobs/configuration.hpp"
#include "report/columns.hpp"
#include "report/frontier.hpp"
#include "report/results.hpp"
#include "report/summary.hpp"
#include "support/csv_table.hpp"
#include "support/json.hpp"

namespace oneadapt {
namespace {

constexpr std::array kSummaryColumns = {
    "Dataset", "fps",    "num_of_coded_frame", "qp", "bitrate (kbps)", "end_accuracy", "encode",
    "decode",  "nn_task"};

double figure(const StoredPoint& point, std::string_view name) {
    const auto found =
        std::ranges::find(point.figures, name, [](const auto& f) { return f.first; });
    return found == point.figures.end() ? std::nan("") : found->second;
}

/// What tells the points of a clip apart: the QP, where there is one in each, else their place.
std::vector<std::string> labels(const std::vector<const StoredPoint*>& points) {
    std::vector<std::string> labels;
    for (const StoredPoint* point : points) {
        const Configuration fixed = Configuration::parse(point->configuration);
        if (fixed.knobs() != std::vector<std::string>{"qp"}) break;
        labels.push_back(number_text(fixed.get("qp", 0)));
    }
    if (labels.size() == points.size()) return labels;
    labels.clear();
    for (std::size_t i = 0; i < points.size(); ++i) labels.push_back(std::to_string(i));
    return labels;
}

void write_scheme(std::ostream& out, const StoredRun& run, const std::string& scheme, double fps,
                  int frames, std::string_view metric) {
    // Which setting a row is of: a column that this form does not have, behind those that it has.
    const bool constraints = std::ranges::any_of(
        run.points, [](const StoredPoint& point) { return !point.constraints.empty(); });
    out << fmt::format("{}{}\n", fmt::join(kSummaryColumns, ","),
                       constraints ? ",constraints" : "");
    std::map<std::string, std::vector<const StoredPoint*>> clips;
    for (const StoredPoint& point : run.points) {
        if (point.scheme != scheme || point.part != text(Part::whole) || point.clip == all_clips ||
            std::isnan(figure(point, "kbps"))) {
            continue;
        }
        clips[point.clip].push_back(&point);
    }
    for (const auto& [clip, points] : clips) {
        const std::vector<std::string> names = labels(points);
        for (std::size_t i = 0; i < points.size(); ++i) {
            out << fmt::format("{},{},{},{},{},{},,,{}\n", csv_field(clip), number_text(fps),
                               std::llround(figure(*points[i], "segments") * frames), names[i],
                               number_text(figure(*points[i], "kbps")),
                               number_text(100 * figure(*points[i], metric)),
                               constraints ? "," + csv_field(points[i]->constraints) : "");
        }
    }
}

void write_compressai(const StoredRun& run, const std::filesystem::path& out) {
    const std::string where = (run.folder / "manifest.json").string();
    const auto spec = required<nlohmann::json>(run.manifest, "spec", where, FileRole::input);
    const auto rate = required<nlohmann::json>(spec, "fps", where, FileRole::input);
    if (!rate.is_number()) {
        throw InputError(where, "is of a run at the clips' own rates",
                         "run it with --fps NUMBER: this form has one for each row");
    }
    const auto frames = required<int>(spec, "segment_frames", where, FileRole::input);
    const auto metric =
        optional_or<std::string>(spec, "metric", "accuracy", where, FileRole::input);
    std::set<std::string> schemes;
    for (const StoredPoint& point : run.points) schemes.insert(point.scheme);
    make_output_folder(out);
    for (const auto& entry : std::filesystem::directory_iterator(out)) {
        const std::string name = entry.path().filename().string();
        if (schemes.contains(name)) continue;
        throw OutputError(out.string(),
                          fmt::format("holds '{}', which this export does not write", name),
                          "name another folder with --out, so that no two runs are mixed");
    }
    for (const std::string& scheme : schemes) {
        make_output_folder(out / scheme);
        write_file(out / scheme / "summary.csv", [&](std::ostream& file) {
            write_scheme(file, run, scheme, rate.get<double>(), frames, metric);
        });
    }
}

/// The points of each dataset, datasets in the order of the file.
struct Rates {
    std::vector<std::string> datasets;
    std::map<std::string, std::vector<OperatingPoint>> points;
};

Rates read_rates(const std::filesystem::path& path) {
    const std::filesystem::path file =
        std::filesystem::is_directory(path) ? path / "summary.csv" : path;
    static constexpr std::array kColumns = {"Dataset", "bitrate (kbps)", "end_accuracy"};
    Rates rates;
    read_table(file, kColumns, "name a summary.csv in the form of CompressAI-Vision",
               [&](const auto& line) {
                   const std::string dataset = line.text(0);
                   auto& points = rates.points[dataset];
                   if (points.empty()) rates.datasets.push_back(dataset);
                   points.push_back({line.number(1, 1e-6, 1e12), line.number(2)});
               });
    return rates;
}

}  // namespace

ExportKind compressai() {
    return {.name = "compressai",
            .summary = "a summary.csv for each scheme, as CompressAI-Vision has them",
            .write = write_compressai};
}

std::vector<BdRate> bd_rates(const std::filesystem::path& anchor,
                             const std::filesystem::path& test) {
    const Rates anchors = read_rates(anchor);
    const Rates tests = read_rates(test);
    std::vector<BdRate> out;
    for (const std::string& dataset : anchors.datasets) {
        const auto tested = tests.points.find(dataset);
        if (tested == tests.points.end()) {
            throw InputError(test.string(), fmt::format("lacks the dataset '{}'", dataset),
                             fmt::format("compare it with what {} has", anchor.string()));
        }
        const Comparison comparison =
            compare(tested->second, anchors.points.at(dataset), Lines::pchip);
        BdRate rate{.dataset = dataset, .percent = {}, .overlap = comparison.overlap};
        if (comparison.overlap == Overlap::range) rate.percent = -100 * *comparison.saving;
        out.push_back(std::move(rate));
    }
    return out;
}

}  // namespace oneadapt
