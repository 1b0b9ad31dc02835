#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "codec/codec.hpp"
#include "dnn/task.hpp"
#include "knobs/knob_space.hpp"
#include "media/clip.hpp"
#include "schemes/scheme.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kRoot = ONEADAPT_SOURCE_DIR;

/// What a user reads: the README, the recipes, and docs/.
std::vector<std::filesystem::path> documents() {
    std::vector<std::filesystem::path> files = {kRoot / "README.md", kRoot / "CONTRIBUTING.md"};
    for (const auto& entry : std::filesystem::directory_iterator(kRoot / "docs")) {
        files.push_back(entry.path());
    }
    return files;
}

/// Runs a program of tools/ and returns what it printed, errors included.
test::Ran run_tool(const std::string& arguments) {
    const test::TempFolder folder;
    const std::string command = fmt::format("/usr/bin/python3 '{}'/tools/{} >'{}' 2>&1",
                                            kRoot.string(), arguments, (folder / "out").string());
    const int code = std::system(command.c_str());
    return {code, test::file_text(folder / "out"), ""};
}

TEST(Readme, LeadsInAndLeavesTheRestForDocs) {
    std::istringstream text(test::file_text(kRoot / "README.md"));
    const std::vector<std::string> words(std::istream_iterator<std::string>(text), {});
    EXPECT_LE(words.size(), 1500U);
    EXPECT_GT(words.size(), 500U);
}

TEST(Readme, KnowsEveryTable) {
    const std::string readme = test::file_text(kRoot / "README.md");
    const std::string schemes = test::file_text(kRoot / "docs/schemes.md");
    for (const SchemeKind& kind : scheme_table()) {
        EXPECT_THAT(readme, HasSubstr("`" + kind.name + "`"));
        EXPECT_THAT(schemes, HasSubstr("| `" + kind.name + "` |"));
        for (const ParameterSpec& spec : kind.parameters) {
            EXPECT_THAT(schemes, HasSubstr("| `" + kind.name + "." + spec.name + "="));
        }
    }
    const std::string knobs = test::file_text(kRoot / "docs/knobs.md");
    for (const KnobKind& kind : knob_table()) {
        EXPECT_THAT(knobs, HasSubstr("| `" + kind.name + "` |"));
        EXPECT_THAT(knobs, HasSubstr(fmt::format("| {} |\n", fmt::join(texts(kind.values), ", "))));
    }
    const std::string tasks = test::file_text(kRoot / "docs/tasks.md");
    for (const CodecKind& kind : codec_table()) {
        EXPECT_THAT(tasks, HasSubstr("| `" + kind.name + "` |"));
    }
    for (const Task& task : task_table()) EXPECT_THAT(tasks, HasSubstr("| `" + task.name + "` |"));
    for (const MediaKind& kind : media_table()) {
        EXPECT_THAT(tasks, HasSubstr("| `" + kind.name + "` |"));
    }
}

TEST(Readme, TablesAreWhatTheProgramListsAndTheResultsSay) {
    const test::Ran ran =
        run_tool("readme_tables.py '" ONEADAPT_BINARY_DIR "/oneadapt-sim' --check");
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
}

TEST(Readme, NamesFilesThatExist) {
    const std::regex path(
        R"((src|tools|datasets|docs|experiments|results/embedded|tests)/[\w./-]+\.\w+)");
    const std::regex link(R"(\]\(([^):]+)\))");
    int count = 0;
    for (const std::filesystem::path& file : documents()) {
        const std::string text = test::file_text(file);
        const std::sregex_iterator end;
        for (std::sregex_iterator at(text.begin(), text.end(), path); at != end; ++at, ++count) {
            if (at->str().starts_with("datasets/clips/")) continue;  // drawn on first use
            EXPECT_TRUE(std::filesystem::exists(kRoot / at->str())) << file << ": " << at->str();
        }
        for (std::sregex_iterator at(text.begin(), text.end(), link); at != end; ++at) {
            EXPECT_TRUE(std::filesystem::exists(file.parent_path() / at->str(1)))
                << file << ": " << at->str(1);
        }
    }
    EXPECT_GT(count, 40);
}

/// What tools/matrix_table.py prints of the committed folders.
std::string matrix_table(const std::string& options, const std::set<std::string>& runs) {
    std::string arguments = "matrix_table.py " + options;
    for (const std::string& run : runs) {
        arguments += fmt::format(" '{}'", (kRoot / "results/matrix" / run).string());
    }
    const test::Ran ran = run_tool(arguments);
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    return ran.out;
}

/// The lines of a file that give savings of a folder in results/matrix, by its name.
std::vector<std::pair<std::string, std::string>> rows_of(const std::filesystem::path& file) {
    std::vector<std::pair<std::string, std::string>> rows;
    std::istringstream text(test::file_text(file));
    const std::regex name(R"(^\| `([\w-]+)`[^|]*\| [^`].*%)");
    std::smatch found;
    for (std::string line; std::getline(text, line);) {
        if (!std::regex_search(line, found, name)) continue;
        if (!std::filesystem::exists(kRoot / "results/matrix" / found.str(1))) continue;
        rows.emplace_back(found.str(1), line);
    }
    return rows;
}

TEST(Matrix, TablesSayWhatTheCommittedResultsSay) {
    for (const char* file : {"docs/results.md", "results/matrix/table.md"}) {
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
