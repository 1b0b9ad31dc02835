#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/coco.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;

Detection box(float x, float side, float score, std::int32_t label = 0) {
    return {x, 0, x + side, side, score, label};
}

/// Two clips of a segment, a static cell and one of a weight.
class CocoTest : public ::testing::Test {
  protected:
    CocoTest() {
        sidecar_.classes = {{0, "car"}, {3, "person"}};
        for (const std::string clip : {"a", "b"}) {
            add(clip, {.scheme = "static", .goal = {}, .fixed = "qp=30"});
            add(clip, {.scheme = "oneadapt", .goal = {.weight = 0.5}});
        }
    }

    void add(const std::string& clip, const CellId& cell) {
        SeenBoxes segment;
        segment.clip = clip;
        segment.cell = cell;
        segment.size = {320, 240};
        segment.shown.resize(2);
        segment.right.resize(2);
        segment.shown[0].detections = {box(0, 10, 0.75F), box(40, 8, 0.5F, 3)};
        segment.right[0].demanded.detections = {box(0, 10, 1), box(41, 8, 1, 3)};
        segment.right[1].ignored.detections = {box(60, 30, 1)};
        segments_.push_back(segment);
    }
    std::string text(const std::filesystem::path& file) {
        std::ostringstream out;
        out << std::ifstream(folder_.path() / file).rdbuf();
        return out.str();
    }

    test::TempFolder folder_;
    Sidecar sidecar_;
    std::vector<SeenBoxes> segments_;
};

TEST_F(CocoTest, HasPicturesOfAllClipsAndWhatIsSaidOfThem) {
    write_coco(segments_, sidecar_, folder_.path());
    const json annotations = json::parse(text("annotations.json"));
    EXPECT_EQ(annotations["images"].size(), 4U);
    EXPECT_EQ(annotations["images"][3],
              json({{"id", 4}, {"width", 320}, {"height", 240}, {"file_name", "b/0-1.png"}}));
    EXPECT_EQ(annotations["annotations"].size(), 6U);
    EXPECT_EQ(annotations["annotations"][2]["iscrowd"], 1);
    EXPECT_EQ(annotations["categories"][1], json({{"id", 3}, {"name", "person"}}));
    const json said = json::parse(text("oneadapt-0.5/detections.json"));
    ASSERT_EQ(said.size(), 4U);
    EXPECT_EQ(said[3], json({{"image_id", 3},
                             {"category_id", 3},
                             {"bbox", {40.0, 0.0, 8.0, 8.0}},
                             {"score", 0.5}}));
    EXPECT_THAT(text("average_precision.csv"), ::testing::HasSubstr("\nstatic,,qp=30,"));
}

TEST_F(CocoTest, SettingsOfConstraintsStayApart) {
    for (const double accuracy : {0.8, 0.9}) {
        add("a",
            {.scheme = "alert", .goal = {.deadline = SimSeconds{0.06}, .min_accuracy = accuracy}});
    }
    write_coco(segments_, sidecar_, folder_.path());
    EXPECT_EQ(json::parse(text("alert-deadline_s=0.06,min_accuracy=0.9/detections.json")).size(),
              2U);
    EXPECT_THAT(
        text("average_precision.csv"),
        ::testing::AllOf(::testing::StartsWith("scheme,weight,configuration,ap,ap50,deadline_s,"
                                               "min_accuracy,max_energy_j\n"),
                         ::testing::ContainsRegex("\nalert,,,[0-9.]+,[0-9.]+,0.06,0.8,\n")));
}

/// pycocotools comes from PyPI, so this speaks where somebody has installed it.
TEST_F(CocoTest, PycocotoolsWorksOutTheSameAveragePrecision) {
    const std::string python = std::getenv("PYCOCOTOOLS_PYTHON") != nullptr
                                   ? std::getenv("PYCOCOTOOLS_PYTHON")
                                   : "/usr/bin/python3";
    if (std::system((python + " -c 'import pycocotools' 2>/dev/null").c_str()) != 0) {
        GTEST_SKIP() << "no pycocotools: name a Python that has it in PYCOCOTOOLS_PYTHON";
    }
    // Boxes and scores by chance, the same in every run.
    std::uint32_t state = 7;
    const auto chance = [&](double high) {
        state = state * 1664525U + 1013904223U;
        return static_cast<float>(high * (state >> 8) / (1 << 24));
    };
    for (SeenBoxes& segment : segments_) {
        for (std::size_t i = 0; i < 2; ++i) {
            for (auto* boxes : {&segment.right[i].demanded, &segment.right[i].ignored}) {
                boxes->detections.clear();
                const int count = boxes == &segment.right[i].demanded ? 30 : 3;
                for (int n = 0; n < count; ++n) {
                    boxes->detections.push_back(box(chance(300), 5 + chance(40), 1, n % 2 * 3));
                }
            }
            auto& said = segment.shown[i].detections;
            said.clear();
            for (const Detection& right : segment.right[i].demanded.detections) {
                const float x = right.x1 + chance(6);
                said.push_back({x, 0, x + right.y2, right.y2, chance(1), right.label});
                said.push_back(box(chance(300), 5 + chance(40), chance(1), 0));
            }
        }
    }
    for (std::size_t i = 1; i < segments_.size(); i += 2) {
        segments_[i].right = segments_[i - 1].right;
    }
    write_coco(segments_, sidecar_, folder_.path());
    const std::string script = folder_ / "score.py";
    std::ofstream(script) << R"(
import contextlib, csv, io, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
folder = sys.argv[1]
for row in csv.DictReader(open(f"{folder}/average_precision.csv")):
    cell = row["scheme"] + "-" + (row["weight"] or row["configuration"])
    with contextlib.redirect_stdout(io.StringIO()):
        right = COCO(f"{folder}/annotations.json")
        scored = COCOeval(right, right.loadRes(f"{folder}/{cell}/detections.json"), "bbox")
        scored.evaluate(); scored.accumulate(); scored.summarize()
    print(cell, row["ap"], scored.stats[0], row["ap50"], scored.stats[1])
    assert abs(float(row["ap"]) - scored.stats[0]) < 1e-12
    assert abs(float(row["ap50"]) - scored.stats[1]) < 1e-12
    assert 0.01 < scored.stats[0] < scored.stats[1] < 0.95
)";
    EXPECT_EQ(std::system((python + " " + script + " " + folder_.path().string()).c_str()), 0);
}

}  // namespace
}  // namespace oneadapt
