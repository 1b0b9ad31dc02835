#include "run/experiment.hpp"

#include <algorithm>
#include <set>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/fields.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const char* const kText = R"({
    "name": "links",
    "base": {"schemes": ["oneadapt", "static"], "settings": {"oneadapt": {"lr": 0.05}}},
    "axes": [{"link": [1, "lte/up.csv"]},
             [{"task": "segment"},
              {"task": "detect", "knobs": ["qp", "resolution"], "values": {"qp": [20, 40]}}],
             {"settings": [{"oneadapt": {"beta": 0.5}}, {"oneadapt": {"beta": 0.9}}]}]})";

Experiment links() {
    return experiment_from_json(json::parse(kText), "links.json");
}

std::vector<std::string> ids(const std::vector<Cell>& all) {
    std::vector<std::string> names;
    for (const Cell& cell : all) names.push_back(cell.id);
    return names;
}

TEST(Experiment, ExpandsToEveryCombination) {
    const std::vector<Cell> all = cells(links(), "links.json");
    EXPECT_THAT(ids(all), ElementsAre("task=segment,settings=oneadapt.beta%3D0.5,link=1",
                                      "task=segment,settings=oneadapt.beta%3D0.9,link=1",
                                      "task=detect,knobs=qp+resolution,values=qp%3D20%2C40,"
                                      "settings=oneadapt.beta%3D0.5,link=1",
                                      "task=detect,knobs=qp+resolution,values=qp%3D20%2C40,"
                                      "settings=oneadapt.beta%3D0.9,link=1",
                                      "task=segment,settings=oneadapt.beta%3D0.5,link=lte%2Fup.csv",
                                      "task=segment,settings=oneadapt.beta%3D0.9,link=lte%2Fup.csv",
                                      "task=detect,knobs=qp+resolution,values=qp%3D20%2C40,"
                                      "settings=oneadapt.beta%3D0.5,link=lte%2Fup.csv",
                                      "task=detect,knobs=qp+resolution,values=qp%3D20%2C40,"
                                      "settings=oneadapt.beta%3D0.9,link=lte%2Fup.csv"));
    const Cell& cell = all.at(3);
    EXPECT_EQ(to_json(cell.spec), json::parse(R"({
        "task": "detect", "knobs": ["qp", "resolution"], "values": {"qp": [20, 40]},
        "schemes": ["oneadapt", "static"], "settings": {"oneadapt": {"lr": 0.05, "beta": 0.9}},
        "link": 1, "weight_gpu": 0, "device": "cpu", "score": "reference", "metric": "accuracy",
        "seed": 1, "series_end": "repeat", "lines": "auto"})"));
    EXPECT_EQ(cell.hash, hash_of(cell.spec));
}

TEST(Experiment, SurvivesJson) {
    const Experiment experiment = links();
    const json written = to_json(experiment);
    EXPECT_EQ(written["axes"], json::parse(kText)["axes"]);
    EXPECT_EQ(experiment_from_json(json::parse(written.dump()), "again"), experiment);
    const test::TempFolder folder;
    test::write_text(folder / "links.json", kText);
    EXPECT_EQ(load_experiment(folder / "links.json"), experiment);
}

TEST(Experiment, IdsStayWhenPointsAreAdded) {
    Experiment wider = links();
    const auto before = ids(cells(wider, ""));
    wider.axes.at(0).points.insert(wider.axes[0].points.begin(), json{{"link", 0.5}});
    const auto after = ids(cells(wider, ""));
    EXPECT_EQ(after.size(), 12U);
    EXPECT_TRUE(std::ranges::equal(before, std::span(after).subspan(4)));
}

TEST(Experiment, AnAxisOfSchemesLeavesOutTheSettingsOfOthers) {
    const Experiment experiment = experiment_from_json(json::parse(R"({"name": "each",
            "base": {"settings": {"oneadapt": {"lr": 0.05}}},
            "axes": [{"schemes": [["oneadapt"], ["static"]]}]})"),
                                                       "each.json");
    const std::vector<Cell> all = cells(experiment, "each.json");
    EXPECT_EQ(all.at(0).spec.settings.size(), 1U);
    EXPECT_TRUE(all.at(1).spec.settings.empty());
}

TEST(Experiment, ShardsHaveEachCellOnce) {
    const std::vector<Cell> all = cells(links(), "");
    for (const int count : {1, 3, 8, 11}) {
        std::multiset<Hash128> met;
        for (int index = 0; index < count; ++index) {
            const std::vector<Cell> some = shard(all, index, count);
            EXPECT_LE(some.size(), all.size() / static_cast<std::size_t>(count) + 1);
            for (const Cell& cell : some) met.insert(cell.hash);
        }
        EXPECT_EQ(met.size(), all.size());
        EXPECT_EQ(std::set<Hash128>(met.begin(), met.end()).size(), all.size());
    }
    EXPECT_EQ(shard(all, 1, 3).at(1).id, all.at(4).id);
    for (const auto& [index, count] : {std::pair(-1, 3), {3, 3}, {0, 0}}) {
        EXPECT_THROW(shard(all, index, count), UsageError);
    }
}

void refuses(const char* text, const std::string& place, const std::string& message) {
    EXPECT_THAT([&] { experiment_from_json(json::parse(text), "e.json"); },
                ThrowsMessage<InputError>(AllOf(HasSubstr(place), HasSubstr(message))))
        << text;
}

TEST(Experiment, RefusesWhatIsNone) {
    refuses(R"({"axes": [{"link": [1]}]})", "e.json", "lacks the key 'name'");
    refuses(R"({"name": "x", "axis": []})", "e.json: has the unknown key 'axis'",
            "valid keys are name, base, axes");
    refuses(R"({"name": "x"})", "e.json", "lacks the key 'axes'");
    refuses(R"({"name": "x", "axes": []})", "e.json: key 'axes'", "is empty");
    refuses(R"({"name": "x", "axes": [{"link": []}]})", "e.json: key 'axes'[0]", "has no points");
    refuses(R"({"name": "x", "axes": [[]]})", "e.json: key 'axes'[0]", "has no points");
    refuses(R"({"name": "x", "axes": [[{}]]})", "e.json: key 'axes'[0][0]", "changes no field");
    refuses(R"({"name": "x", "axes": [{"link": 1}]})", "'axes'[0]: key 'link'", "write a list");
    refuses(R"({"name": "x", "axes": [{"link": [1], "fps": [1]}]})", "e.json: key 'axes'[0]",
            "has 2 fields");
    refuses(R"({"name": "x", "axes": [{"links": [1]}]})", "'axes'[0][0]: has the unknown key",
            "valid keys are task");
    refuses(R"({"name": "x", "axes": [{"link": [1]}, {"warmup": [1, "2"]}]})",
            "e.json: key 'axes'[1][1]: key 'warmup'", "is a string");
    refuses(R"({"name": "x", "base": {"knob": 1}, "axes": [{"link": [1]}]})", "e.json: key 'base'",
            "unknown key 'knob'");
    refuses(R"({"name": "x", "axes": [{"schemes": [["static"], ["onedapt"]]}]})",
            "e.json: cell 'schemes=onedapt': key 'schemes'", "choose from oneadapt");
    refuses(R"({"name": "x", "axes": [{"link": [2, "2"]}]})", "e.json: cell 'link=2'",
            "is there twice");
    refuses(R"({"name": "x", "axes": [{"link": [1, 2, 1]}]})", "e.json: cell 'link=1'",
            "is the same run as cell 'link=1'");
    refuses(R"({"name": "x", "base": {"link": 1},
                "axes": [[{"warmup": 1}, {"warmup": 1, "link": 1}]]})",
            "e.json: cell 'link=1,warmup=1'", "is the same run as cell 'warmup=1'");
}

TEST(Experiment, RefusesMoreCellsThanAnyoneCanRun) {
    json axes = json::array();
    for (const char* key : {"link", "fps", "start_s", "duration_s"}) {
        json values = json::array();
        for (int i = 1; i <= 100; ++i) values.push_back(i);
        axes.push_back({{key, values}});
    }
    EXPECT_THAT(
        [&] {
            experiment_from_json({{"name", "x"}, {"base", json::object()}, {"axes", axes}}, "e");
        },
        ThrowsMessage<InputError>(HasSubstr("more than 1000000 cells")));
}

}  // namespace
}  // namespace oneadapt
