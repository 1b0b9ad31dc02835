#include "report/results.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "rows.hpp"
#include "support/errors.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

std::set<std::string> names(const fs::path& folder) {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder)) {
        out.insert(entry.path().filename().string());
    }
    return out;
}

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

RunResult small_run(double kbps = 400) {
    RunResult run;
    run.segments = {segment_row("road", weighted("oneadapt", 0.5), 0, kbps, 0.9)};
    return run;
}

class Results : public ::testing::Test {
  public:
    test::TempFolder folder;
    fs::path dir = folder.path();
};

TEST_F(Results, WritesTheFolderWithItsParents) {
    const fs::path out = dir / "a" / "b";
    check_writable(out);
    EXPECT_THAT(names(dir), IsEmpty());
    const Report report = write_results(out, small_run(), {.manifest = {{"seed", 7}}});
    EXPECT_EQ(report.summary.size(), 2U);
    EXPECT_THAT(names(dir / "a"), ElementsAre("b"));
    EXPECT_THAT(names(out),
                ElementsAre("manifest.json", "savings.csv", "segments.csv", "summary.csv"));
    EXPECT_EQ(content(out / "manifest.json"),
              "{\n  \"program\": \"oneadapt-sim\",\n  \"seed\": 7\n}\n");
}

TEST_F(Results, WritesTheSameBytesEachTime) {
    write_results(dir / "one", small_run(), {});
    write_results(dir / "two" / "", small_run(), {});
    for (const std::string& name : names(dir / "one")) {
        EXPECT_EQ(content(dir / "one" / name), content(dir / "two" / name)) << name;
    }
}

TEST_F(Results, HasAccGradFilesWhereAGradientSchemeRan) {
    RunResult run = small_run();
    run.accgrad = {{"road", weighted("oneadapt", 0.5), 0, "qp", 20, 22, 1, 0.5}};
    write_results(dir / "out", run, {});
    EXPECT_TRUE(fs::exists(dir / "out" / "accgrad.csv"));
    EXPECT_TRUE(fs::exists(dir / "out" / "agreement.csv"));
}

TEST_F(Results, ReplaceAnOlderRunAndItsFigures) {
    const fs::path out = dir / "out";
    fs::create_directory(out);  // empty is fine too
    write_results(out, small_run(400), {});
    std::ofstream(out / "frontier.png") << "of the older run";
    check_writable(out);
    write_results(out, small_run(500), {});
    EXPECT_THAT(content(out / "segments.csv"), HasSubstr(",500,"));
    EXPECT_FALSE(fs::exists(out / "frontier.png"));
    EXPECT_THAT(names(dir), ElementsAre("out"));
}

TEST_F(Results, LeaveForeignFoldersUntouched) {
    const fs::path out = dir / "home";
    fs::create_directory(out);
    std::ofstream(out / "thesis.tex") << "years of work";
    for (const char* manifest : {"", "not JSON", "[]", R"({"program": "another"})"}) {
        std::ofstream(out / "manifest.json") << manifest;
        const auto refused = ThrowsMessage<OutputError>(
            AllOf(HasSubstr("home"), HasSubstr("holds no results"), HasSubstr("--out")));
        EXPECT_THAT([&] { check_writable(out); }, refused);
        EXPECT_THAT([&] { write_results(out, small_run(), {}); }, refused);
    }
    EXPECT_EQ(content(out / "thesis.tex"), "years of work");
    EXPECT_THAT(names(dir), ElementsAre("home"));
}

TEST_F(Results, LeaveForeignFilesAmongResultsUntouched) {
    const fs::path out = dir / "out";
    write_results(out, small_run(400), {});
    std::ofstream(out / "notes.txt") << "keep me";
    EXPECT_THAT([&] { write_results(out, small_run(500), {}); },
                ThrowsMessage<OutputError>(HasSubstr("'notes.txt'")));
    EXPECT_EQ(content(out / "notes.txt"), "keep me");
    EXPECT_THAT(content(out / "segments.csv"), HasSubstr(",400,"));
}

TEST_F(Results, CannotGoWhereNoFolderCanBe) {
    std::ofstream(dir / "file") << "x";
    EXPECT_THAT([&] { check_writable(dir / "file"); },
                ThrowsMessage<OutputError>(HasSubstr("is not a folder")));
    EXPECT_THROW(check_writable(dir / "file" / "below"), OutputError);
    EXPECT_THROW(write_results(dir / "file" / "below", small_run(), {}), OutputError);
    EXPECT_THAT([] { check_writable("/proc/out"); },
                ThrowsMessage<OutputError>(HasSubstr("is not writable")));
    EXPECT_THROW(check_writable("/"), OutputError);
    EXPECT_THROW(check_writable("."), OutputError);
}

TEST_F(Results, CannotGoIntoAFolderWithoutPermission) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    fs::permissions(dir, fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_THROW(check_writable(dir / "out"), OutputError);
    fs::permissions(dir, fs::perms::owner_all);
}

TEST_F(Results, FailOnAFullDisk) {
    EXPECT_THAT(
        [] { write_file("/dev/full", [](std::ostream& out) { out << "some text"; }); },
        ThrowsMessage<OutputError>(AllOf(HasSubstr("/dev/full"), HasSubstr("No space left"))));
    EXPECT_THAT([&] { write_file(dir / "none" / "file", [](std::ostream&) {}); },
                ThrowsMessage<OutputError>(HasSubstr("No such file")));
}

TEST_F(Results, FollowALinkToTheFolderItself) {
    fs::create_directory(dir / "real");
    fs::create_directory_symlink(dir / "real", dir / "link");
    write_results(dir / "link", small_run(), {});
    EXPECT_TRUE(fs::is_symlink(dir / "link"));
    EXPECT_TRUE(fs::exists(dir / "real" / "segments.csv"));
}

TEST(Report, AsJsonHasSummarySavingsAndAgreement) {
    const nlohmann::json json = to_json(make_report(small_run(), 0));
    EXPECT_EQ(json["summary"].size(), 2U);
    EXPECT_EQ(json["savings"].size(), 0U);
    EXPECT_EQ(json["agreement"].size(), 0U);
    EXPECT_EQ(json["summary"][0]["scheme"], "oneadapt");
}

}  // namespace
}  // namespace oneadapt
