#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "schemes/scheme.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kRoot = ONEADAPT_SOURCE_DIR;

TEST(Readme, KnowsEveryTable) {
    const std::string text = test::file_text(kRoot / "README.md");
    for (const SchemeKind& kind : scheme_table()) {
        EXPECT_THAT(text, HasSubstr("| `" + kind.name + "` |"));
    }
    for (const KnobKind& kind : knob_table()) {
        EXPECT_THAT(text, HasSubstr("| `" + kind.name + "` |"));
        EXPECT_THAT(
            text, HasSubstr(fmt::format("| {} |\n", fmt::join(kind.spellings(kind.values), ", "))));
    }
    for (const CodecKind& kind : codec_table()) EXPECT_THAT(text, HasSubstr("`" + kind.name + "`"));
    for (const Task& task : task_table()) EXPECT_THAT(text, HasSubstr("`" + task.name + "`"));
}

TEST(Readme, NamesFilesThatExist) {
    const std::string text = test::file_text(kRoot / "README.md");
    const std::regex path(R"((src|tools|datasets|results/embedded|tests)/[\w./-]+\.\w+)");
    int count = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at, ++count) {
        if (at->str().starts_with("datasets/clips/")) continue;  // drawn on first use
        EXPECT_TRUE(std::filesystem::exists(kRoot / at->str())) << at->str();
    }
    EXPECT_GT(count, 10);
}

/// What tools/matrix_table.py prints of the committed folders.
std::string matrix_table(const std::string& options, const std::set<std::string>& runs) {
    const test::TempFolder folder;
    std::string command = fmt::format("/usr/bin/python3 '{}' {}",
                                      (kRoot / "tools/matrix_table.py").string(), options);
    for (const std::string& run : runs) {
        command += fmt::format(" '{}'", (kRoot / "results/matrix" / run).string());
    }
    EXPECT_EQ(std::system(fmt::format("{} >'{}'", command, (folder / "out").string()).c_str()), 0);
    return test::file_text(folder / "out");
}

/// The lines of a file that give savings of a folder in results/matrix, by its name.
std::vector<std::pair<std::string, std::string>> rows_of(const std::filesystem::path& file) {
    std::vector<std::pair<std::string, std::string>> rows;
    std::istringstream text(test::file_text(file));
    const std::regex name(R"(^\| `([\w-]+)`.*%)");
    std::smatch found;
    for (std::string line; std::getline(text, line);) {
        if (!std::regex_search(line, found, name)) continue;
        if (!std::filesystem::exists(kRoot / "results/matrix" / found.str(1))) continue;
        rows.emplace_back(found.str(1), line);
    }
    return rows;
}

TEST(Matrix, TablesSayWhatTheCommittedResultsSay) {
    for (const char* file : {"README.md", "results/matrix/table.md"}) {
        const auto rows = rows_of(kRoot / file);
        std::set<std::string> runs;
        for (const auto& [run, line] : rows) runs.insert(run);
        EXPECT_GT(runs.size(), 10U) << file;
        const std::string table = matrix_table("", runs) + matrix_table("--short", runs);
        for (const auto& [run, line] : rows) {
            EXPECT_NE(table.find(line + '\n'), std::string::npos) << file << ": " << line;
        }
    }
}

}  // namespace
}  // namespace oneadapt
