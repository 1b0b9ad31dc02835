#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using test::file_text;
using test::Ran;
using ::testing::HasSubstr;

class CocoCommandTest : public ::testing::Test {
  protected:
    CocoCommandTest() {
        test::write_recording(folder_ / "tiny.mkv",
                              {.size = {96, 70}, .times_ms = test::constant_rate(20, 10)});
    }
    Ran run(const std::string& arguments) {
        return test::run_program(folder_.path(), arguments + " --trace t.trace --quiet");
    }

    test::TempFolder folder_;
};

TEST_F(CocoCommandTest, WritesAndScoresWhatARunsUsersSaw) {
    ASSERT_EQ(run("--clip tiny.mkv --values qp=20,40 --scheme static,oneadapt --weights 1 "
                  "--preset veryfast --out mine")
                  .exit_code,
              0);
    const Ran coco = run("coco mine --out boxes --offline");
    ASSERT_EQ(coco.exit_code, 0) << coco.err;
    const auto right = nlohmann::json::parse(file_text(folder_ / "boxes" / "annotations.json"));
    EXPECT_EQ(right["images"].size(), 20U);
    ASSERT_GT(right["annotations"].size(), 0U);
    // What the annotations are made of finds all of them, best first.
    const std::string precision = file_text(folder_ / "boxes" / "average_precision.csv");
    EXPECT_THAT(precision, HasSubstr("\nstatic,,qp=20,1,1\n"));
    EXPECT_THAT(precision, HasSubstr("\noneadapt,1,,"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "boxes" / "oneadapt-1" / "detections.json"));
    const Ran exported = run("export mine --as coco --out same");
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    EXPECT_EQ(file_text(folder_ / "same" / "average_precision.csv"), precision);
}

/// Annotations of the tool, all frames of one clip in order, as labels of this program.
std::string as_labels(const nlohmann::json& annotations) {
    nlohmann::json classes = nlohmann::json::array();
    std::map<int, std::string> names;
    for (const auto& category : annotations["categories"]) {
        classes.push_back(category["name"]);
        names[category["id"]] = category["name"];
    }
    nlohmann::json frames(annotations["images"].size(), nlohmann::json::array());
    for (const auto& one : annotations["annotations"]) {
        const auto& [x, y, width, height] = one["bbox"].get<std::array<double, 4>>();
        frames[one["image_id"].get<std::size_t>() - 1].push_back(
            {{"class", names.at(one["category_id"])}, {"box", {x, y, x + width, y + height}}});
    }
    return nlohmann::json{{"format", "oneadapt-labels-1"},
                          {"width", 96},
                          {"height", 70},
                          {"fps", 10},
                          {"classes", classes},
                          {"frames", frames}}
        .dump();
}

/// The rows of a CSV file by the values of some columns, and a value of each.
std::map<std::string, std::string> column_of(const std::filesystem::path& csv,
                                             const std::string& wanted) {
    std::istringstream lines(file_text(csv));
    const auto cells = [](const std::string& line) {
        std::vector<std::string> all;
        std::istringstream text(line);
        for (std::string cell; std::getline(text, cell, ',');) all.push_back(cell);
        return all;
    };
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> names = cells(line);
    std::map<std::string, std::string> values;
    while (std::getline(lines, line)) {
        const std::vector<std::string> row = cells(line);
        std::map<std::string, std::string> by_name;
        for (std::size_t i = 0; i < row.size(); ++i) by_name[names[i]] = row[i];
        if (by_name.contains("clip") && (by_name["clip"] != "all" || by_name["part"] != "whole")) {
            continue;
        }
        values[by_name["scheme"] + "|" + by_name["weight"] + "|" + by_name["configuration"]] =
            by_name[wanted];
    }
    return values;
}

TEST_F(CocoCommandTest, Ap50OfARunIsThatOfTheTool) {
    ASSERT_EQ(run("--clip tiny.mkv --values qp=20,40 --scheme static --preset veryfast --out mine")
                  .exit_code,
              0);
    ASSERT_EQ(run("coco mine --out boxes").exit_code, 0);
    std::ofstream(folder_ / "labels.json")
        << as_labels(nlohmann::json::parse(file_text(folder_ / "boxes" / "annotations.json")));
    std::ofstream(folder_ / "two.json") << R"({"name": "two",
            "clips": [{"name": "a", "file": "tiny.mkv", "labels": "labels.json"},
                         {"name": "b", "file": "tiny.mkv", "labels": "labels.json",
                          "start": 1}]})";
    const Ran labelled =
        run("--dataset two.json --score labels --metric ap50 --values qp=20,40 --weights 1 "
            "--scheme static,oneadapt --preset veryfast --warmup 0 --out labelled");
    ASSERT_EQ(labelled.exit_code, 0) << labelled.err;
    ASSERT_EQ(run("coco labelled --out again").exit_code, 0);
    const auto ours = column_of(folder_ / "labelled" / "summary.csv", "ap50");
    EXPECT_EQ(ours.size(), 3U);
    EXPECT_EQ(ours, column_of(folder_ / "again" / "average_precision.csv", "ap50"));
    EXPECT_EQ(ours.at("static||qp=20"), "1") << "the labels are what is said there";
}

TEST_F(CocoCommandTest, IsForBoxes) {
    EXPECT_EQ(run("--task segment --metric ap50 --clip tiny.mkv").exit_code, 2);
    EXPECT_EQ(run("--metric map --clip tiny.mkv").exit_code, 2);
    EXPECT_EQ(run("coco nowhere --out boxes").exit_code, 3);
    EXPECT_EQ(run("coco mine").exit_code, 2);
}

}  // namespace
}  // namespace oneadapt
