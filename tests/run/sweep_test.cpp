#include "run/sweep.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/results.hpp"
#include "run/sweep_folder.hpp"
#include "support/errors.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_clip.hpp"

namespace oneadapt {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::ThrowsMessage;

Experiment experiment(const std::string& text) {
    return experiment_from_json(json::parse(text), "test.json");
}

const char* const kRates = R"({"name": "rates", "base": {"schemes": ["oneadapt", "static"]},
    "axes": [{"link": [1, 2]}, {"settings": [{"oneadapt": {"lr": 0.1}}, {"oneadapt": {"lr": 0.4}},
                                             {"oneadapt": {"lr": 0.5}}]}]})";

std::vector<std::vector<std::string>> ids(const std::vector<std::vector<Cell>>& all) {
    std::vector<std::vector<std::string>> names;
    for (const auto& lot : all) {
        names.emplace_back();
        for (const Cell& cell : lot) names.back().push_back(cell.point.dump());
    }
    return names;
}

TEST(Lots, HoldWhatDiffersInSchemesAndReportsAlone) {
    const std::vector<Cell> all = cells(experiment(kRates), "test.json");
    const auto names = ids(lots(all, 8));
    ASSERT_EQ(names.size(), 2U);
    EXPECT_EQ(names[0].size(), 3U) << "those of one link";
    EXPECT_EQ(names[1].size(), 3U);
    EXPECT_THAT(names[0][1], HasSubstr("0.4"));
    const auto few = lots(all, 2);
    ASSERT_EQ(few.size(), 4U);
    EXPECT_EQ(few[0].size() + few[1].size(), 3U);
    const auto reports = lots(
        cells(experiment(R"({"name": "r", "axes": [{"seed": [1, 2]}, {"warmup": [5, 6]}]})"), ""),
        8);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].size(), 4U);
}

/// What joined() makes of lists of schemes, as "name lr: runs".
std::vector<std::string> joined_text(const std::vector<std::vector<std::string>>& runs) {
    std::vector<Session> sessions;
    for (const auto& schemes : runs) {
        Session& session =
            sessions.emplace_back(Session{.spec = {},
                                          .execution = {},
                                          .trace = nullptr,
                                          .workbench = nullptr,
                                          .plan = {.task = nullptr,
                                                   .sidecar = {},
                                                   .space = KnobSpace::from_names({"qp"}, {}),
                                                   .schemes = {},
                                                   .goals = {},
                                                   .clips = {},
                                                   .read = {},
                                                   .device = {},
                                                   .environment = {},
                                                   .instruments = {}},
                                          .models = {},
                                          .auxiliaries = {}});
        for (const std::string& name : schemes) {
            const auto& table = scheme_table();
            const auto kind = std::ranges::find_if(
                table, [&](const SchemeKind& row) { return name.starts_with(row.name); });
            std::map<std::string, std::string> given;
            if (name.size() > kind->name.size()) given["lr"] = name.substr(kind->name.size() + 1);
            session.plan.schemes.push_back(
                {&*kind, Parameters(kind->name, kind->parameters, given)});
        }
    }
    std::vector<std::string> texts;
    for (const SchemeChoice& choice : joined(sessions).schemes) {
        std::string text = choice.kind->name + ":";
        for (const std::size_t run : choice.runs) text += fmt::format(" {}", run);
        texts.push_back(text);
    }
    return texts;
}

TEST(Joined, PlaysOnceWhatSeveralHaveAndKeepsTheOrderOfEach) {
    EXPECT_THAT(joined_text({{"oneadapt 0.1", "static", "oracle"},
                             {"oneadapt 0.4", "static", "oracle"},
                             {"oneadapt 0.1", "oracle"}}),
                ElementsAre("oneadapt: 1", "oneadapt: 0 2", "static: 0 1", "oracle: 0 1 2"));
    EXPECT_THAT(joined_text({{"static", "oracle"}, {"oracle", "static"}}),
                ElementsAre("static: 0", "oracle: 0 1", "static: 1"));
}

TEST(AxisValues, AreAColumnForWhatIsSet) {
    EXPECT_THAT(axis_values(json::parse(R"({"settings": {"oneadapt": {"lr": 0.5, "beta": 0.9}},
                                            "knobs": ["qp", "resolution"], "link": "a.csv"})")),
                ElementsAre(Pair("knobs", "qp resolution"), Pair("settings.oneadapt.beta", "0.9"),
                            Pair("settings.oneadapt.lr", "0.5"), Pair("link", "a.csv")));
}

class SweepFolderTest : public ::testing::Test {
  protected:
    void write(const Cell& cell, const json& manifest, double kbps) {
        SegmentRow row;
        row.clip = "a, \"quoted\"\nclip";
        row.cell.scheme = "static";
        row.cell.fixed = "qp=20";
        row.kbps = kbps;
        ResultOptions options;
        options.manifest = manifest;
        write_results(folder().of(cell), {.segments = {row}, .accgrad = {}}, options);
    }
    SweepFolder folder() const { return {temporary_ / "out", rates_}; }
    static json whole(const Cell& cell) {
        return {{"spec_hash", spec_hash_of(cell).hex()}, {"failures", json::array()}};
    }
    std::string text(const std::string& name) {
        std::ifstream in(temporary_ / "out" / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    test::TempFolder temporary_;
    const Experiment rates_ = experiment(kRates);
    const std::vector<Cell> cells_ = cells(rates_, "test.json");
};

TEST_F(SweepFolderTest, CollectsWhatIsThereWithItsAxes) {
    write(cells_[0], whole(cells_[0]), 100);
    json failed = whole(cells_[1]);
    failed["failures"] = {"clip 'b': is broken"};
    write(cells_[1], failed, 200);
    write(cells_[2], {{"spec_hash", "of another spec"}}, 300);
    folder().collect(cells_);
    const std::string table = text("cells.csv");
    EXPECT_THAT(table, ::testing::StartsWith("cell,settings.oneadapt.lr,link,status,folder\n"));
    EXPECT_THAT(table, HasSubstr(cells_[0].id + "\",0.1,1,ok,")) << "an id with commas is quoted";
    EXPECT_THAT(table, HasSubstr("0.4,1,error: clip 'b': is broken,"));
    EXPECT_THAT(table, HasSubstr("0.5,1,missing,\n")) << "results of another spec are none";
    const std::string summary = text("summary.csv");
    EXPECT_THAT(summary, ::testing::StartsWith("cell,settings.oneadapt.lr,link,clip,part,"));
    EXPECT_THAT(summary, HasSubstr(",0.1,1,\"a, \"\"quoted\"\"\nclip\",whole,static,"));
    EXPECT_THAT(summary, ::testing::Not(HasSubstr(",300,")));
}

TEST_F(SweepFolderTest, RefusesATableThatIsNotAsItWasWritten) {
    for (const auto& damage : std::vector<std::function<void(const std::filesystem::path&)>>{
             [](const auto& file) { std::filesystem::remove(file); },
             [](const auto& file) { std::filesystem::resize_file(file, file_size(file) / 2); },
             [](const auto& file) { std::ofstream(file, std::ios::app) << "b,whole\n"; }}) {
        write(cells_[0], whole(cells_[0]), 100);
        EXPECT_NO_THROW(folder().collect(cells_));
        damage(folder().of(cells_[0]) / "summary.csv");
        EXPECT_THROW(folder().collect(cells_), InputError);
    }
}

/// Goals as axes: an axis that is called like a column of results, and cells with and without
/// constraints.
TEST_F(SweepFolderTest, CollectsSettingsAndNamesEachColumnOnce) {
    const Experiment goals = experiment(R"({"name": "goals", "axes": [
        [{"weights": [1]}, {"goal": "min-energy", "deadline_ms": [60], "min_accuracy": [0.8, 0.9]}]
        ]})");
    const std::vector<Cell> of_goals = cells(goals, "test.json");
    const SweepFolder out(temporary_ / "out", goals);
    out.claim(false);
    const auto played = [&](const Cell& cell, const CellId& id) {
        SegmentRow row;
        row.clip = "c";
        row.cell = id;
        row.ledger.server_j = 2;
        row.kept_frames = 1;
        ResultOptions options;
        options.manifest = whole(cell);
        write_results(out.of(cell), {.segments = {row}, .accgrad = {}}, options);
    };
    played(of_goals[0], {.scheme = "static"});
    played(of_goals[1],
           {.scheme = "alert", .goal = {.deadline = SimSeconds{0.06}, .min_accuracy = 0.8}});
    out.collect(of_goals);
    const auto header = [&](const std::string& name) {
        const std::string table = text(name);
        return table.substr(0, table.find('\n'));
    };
    for (const char* name : {"cells.csv", "summary.csv", "savings.csv", "settings.csv"}) {
        std::istringstream columns(header(name));
        std::set<std::string> seen;
        for (std::string column; std::getline(columns, column, ',');) {
            EXPECT_TRUE(seen.insert(column).second) << column << " in " << name;
        }
        EXPECT_TRUE(seen.contains("spec.min_accuracy")) << name;
    }
    EXPECT_THAT(text("settings.csv"),
                AllOf(HasSubstr(",0.8 0.9,60,0.06,0.8,,whole,alert,,1,2,1,0,0,1,,"),
                      ::testing::Not(HasSubstr("static"))));
    const std::string summary = text("summary.csv");
    const std::string constrained = summary.substr(summary.find("whole,alert"));
    EXPECT_THAT(constrained.substr(0, constrained.find('\n')), ::testing::EndsWith(",0.06,0.8,"));
    const std::string weighed = summary.substr(summary.find("whole,static"));
    EXPECT_THAT(weighed.substr(0, weighed.find('\n')), ::testing::EndsWith(",,,"));
    out.collect({of_goals[0]});
    EXPECT_FALSE(std::filesystem::exists(temporary_ / "out/settings.csv")) << "of another sweep";
}

TEST_F(SweepFolderTest, WhatAKilledSweepLeftIsRemoved) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
    const std::string mine = process_mark();
    const std::string dead = mine.substr(0, mine.rfind('-') + 1) + std::to_string(child);
    const auto cells_folder = temporary_ / "out" / "cells";
    folder().claim(false);
    std::filesystem::create_directories(cells_folder / (".a.partial-" + dead));
    std::filesystem::create_directories(cells_folder / (".b.partial-" + mine));
    folder().claim(false);
    EXPECT_FALSE(std::filesystem::exists(cells_folder / (".a.partial-" + dead)));
    EXPECT_TRUE(std::filesystem::exists(cells_folder / (".b.partial-" + mine))) << "it lives";
}

TEST_F(SweepFolderTest, IsOfOneExperiment) {
    folder().claim(false);
    folder().claim(false);
    EXPECT_EQ(json::parse(text("experiment.json")), to_json(rates_));
    const Experiment other = experiment(R"({"name": "o", "axes": [{"link": [1, 2, 3]}]})");
    const SweepFolder theirs(temporary_ / "out", other);
    EXPECT_THAT([&] { theirs.claim(false); },
                ThrowsMessage<OutputError>(HasSubstr("holds a sweep of another experiment")));
    theirs.claim(true);
    EXPECT_EQ(json::parse(text("experiment.json")), to_json(other));
    test::write_text(temporary_ / "diary.txt", "mine");
    EXPECT_THAT([&] { SweepFolder(temporary_.path(), other).claim(true); },
                ThrowsMessage<OutputError>(HasSubstr("holds no sweep")));
}

TEST_F(SweepFolderTest, NamesOfFoldersStayShort) {
    const std::string link(300, 'x');
    json object = {{"name", "l"}, {"axes", {{{"link", {link + "1", link + "2"}}}}}};
    const std::vector<Cell> one = cells(experiment(object.dump()), "");
    EXPECT_LE(folder().of(one[0]).filename().string().size(), 180U);
    EXPECT_NE(folder().of(one[0]), folder().of(one[1]));
}

}  // namespace
}  // namespace oneadapt
