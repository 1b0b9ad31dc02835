#include "report/coco.hpp"

#include <algorithm>
#include <map>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dnn/average_precision.hpp"
#include "knobs/configuration.hpp"
#include "report/columns.hpp"
#include "report/results.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

/// A picture of a clip. Numbered from 1 on, in the order of clips and frames.
using PictureId = std::int64_t;

json bbox(const Detection& box) {
    const double x = box.x1;
    const double y = box.y1;
    return {x, y, static_cast<double>(box.x2) - x, static_cast<double>(box.y2) - y};
}

/// What all cells are compared with.
class Annotations {
  public:
    explicit Annotations(const Sidecar& sidecar)
        : file_{{"images", json::array()},
                {"annotations", json::array()},
                {"categories", json::array()}} {
        for (const auto& [index, name] : sidecar.classes) {
            file_["categories"].push_back({{"id", index}, {"name", name}});
        }
    }

    /// The number of the segment's first picture; the segment is written down when it is new.
    PictureId add(const SeenBoxes& segment) {
        const auto known = first_.find({segment.clip, segment.segment});
        if (known != first_.end()) return known->second;
        const PictureId first = static_cast<PictureId>(file_["images"].size()) + 1;
        first_[{segment.clip, segment.segment}] = first;
        for (std::size_t i = 0; i < segment.right.size(); ++i) {
            const PictureId id = first + static_cast<PictureId>(i);
            file_["images"].push_back(
                {{"id", id},
                 {"width", segment.size.width},
                 {"height", segment.size.height},
                 {"file_name", segment.clip + "/" + std::to_string(segment.segment) + "-" +
                                   std::to_string(i) + ".png"}});
            for (const Detection& box : segment.right[i].demanded.detections) add(id, box, 0);
            for (const Detection& box : segment.right[i].ignored.detections) add(id, box, 1);
        }
        return first;
    }

    const json& file() const { return file_; }

  private:
    void add(PictureId picture, const Detection& box, int crowd) {
        const json sides = bbox(box);
        file_["annotations"].push_back({{"id", file_["annotations"].size() + 1},
                                        {"image_id", picture},
                                        {"category_id", box.label},
                                        {"bbox", sides},
                                        {"area", sides[2].get<double>() * sides[3].get<double>()},
                                        {"iscrowd", crowd}});
    }

    json file_;
    std::map<std::pair<std::string, int>, PictureId> first_;
};

/// What a cell's user saw, of all clips.
struct CocoCell {
    json detections = json::array();
    std::vector<ScoredFrame> frames = {};

    void add(const SeenBoxes& segment, PictureId first) {
        for (std::size_t i = 0; i < segment.right.size(); ++i) {
            const std::vector<Detection>& said = segment.shown[i].detections;
            for (const Detection& box : said) {
                detections.push_back({{"image_id", first + static_cast<PictureId>(i)},
                                      {"category_id", box.label},
                                      {"bbox", bbox(box)},
                                      {"score", static_cast<double>(box.score)}});
            }
            frames.push_back(
                {said, segment.right[i].demanded.detections, segment.right[i].ignored.detections});
        }
    }
};

struct PrecisionRow {
    CellId cell;
    AveragePrecision of;
};

std::span<const Column<PrecisionRow>> precision_columns() {
    using R = const PrecisionRow&;
    static constexpr Column<PrecisionRow> columns[] = {
        {"scheme", [](R r) -> Value { return r.cell.scheme; }},
        {"weight", [](R r) { return value_of(r.cell.goal.weight); }},
        {"configuration", [](R r) -> Value { return r.cell.fixed; }},
        {"ap", [](R r) { return value_of(r.of.ap); }},
        {"ap50", [](R r) { return value_of(r.of.ap50); }},
    };
    return columns;
}

void write_json(const std::filesystem::path& file, const json& what) {
    write_file(file, [&](std::ostream& out) {
        out << what.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
    });
}

}  // namespace

std::string cell_name(const CellId& cell) {
    std::string name = cell.scheme;
    if (cell.goal.weight) name += "-" + number_text(*cell.goal.weight);
    for (const std::string& more : {cell.fixed, constraints_text(cell)}) {
        if (!more.empty()) name += "-" + more;
    }
    return name;
}

void write_coco(const std::vector<SeenBoxes>& segments, const Sidecar& sidecar,
                const std::filesystem::path& folder) {
    make_output_folder(folder);
    Annotations annotations(sidecar);
    std::vector<std::pair<CellId, CocoCell>> cells;
    for (const SeenBoxes& segment : segments) {
        const PictureId first = annotations.add(segment);
        const CellId& id = segment.cell;
        auto cell = std::ranges::find(cells, id, &std::pair<CellId, CocoCell>::first);
        if (cell == cells.end()) cell = cells.insert(cell, {id, CocoCell{}});
        cell->second.add(segment, first);
    }
    write_json(folder / "annotations.json", annotations.file());
    std::vector<PrecisionRow> rows;
    for (const auto& [id, cell] : cells) {
        make_output_folder(folder / cell_name(id));
        write_json(folder / cell_name(id) / "detections.json", cell.detections);
        rows.push_back({id, average_precision(cell.frames)});
    }
    write_file(folder / "average_precision.csv", [&](std::ostream& out) {
        const bool constraints = std::ranges::any_of(
            rows, [](const auto& row) { return !constraints_text(row.cell).empty(); });
        write_csv<PrecisionRow>(out, with_constraints(precision_columns(), constraints), rows);
    });
}

}  // namespace oneadapt
