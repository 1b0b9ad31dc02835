#include "report/results.hpp"

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
    EXPECT_EQ(report.summary.size(), 4U);
    EXPECT_THAT(names(dir / "a"), ElementsAre("b"));
    EXPECT_THAT(names(out),
                ElementsAre("manifest.json", "savings.csv", "segments.csv", "summary.csv"));
    nlohmann::json manifest = nlohmann::json::parse(content(out / "manifest.json"));
    for (const char* table : {"savings.csv", "segments.csv", "summary.csv"}) {
        EXPECT_EQ(manifest["tables"][table], hash_file(out / table).hex());
    }
    EXPECT_EQ(manifest["tables"].size(), 3U);
    manifest.erase("tables");
    EXPECT_EQ(manifest.dump(), R"({"program":"oneadapt-sim","results_version":5,"seed":7})");
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

TEST_F(Results, AreThereAtEveryMomentWhileTheyAreReplaced) {
    const fs::path out = dir / "out";
    write_results(out, small_run(), {});
    std::atomic<bool> done = false;
    int missing = 0;
    std::thread onlooker([&] {
        while (!done) missing += fs::exists(out / "segments.csv") ? 0 : 1;
    });
    for (int i = 0; i < 200; ++i) write_results(out, small_run(), {});
    done = true;
    onlooker.join();
    EXPECT_EQ(missing, 0);
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

/// What is mounted keeps its name. In a child, which alone sees the mount; 77 where it may not.
TEST_F(Results, CannotReplaceAMountedFolder) {
    const fs::path out = dir / "out";
    fs::create_directory(out);
    const pid_t child = fork();
    if (child == 0) {
        const bool mounted = unshare(CLONE_NEWNS) == 0 &&
                             mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             mount("none", out.c_str(), "tmpfs", 0, nullptr) == 0;
        if (!mounted) _exit(77);
        try {
            check_writable(out / "results");
            check_writable(out);
            _exit(1);
        } catch (const OutputError& error) {
            const std::string remedy =
                "name a folder inside it, e.g. --out " + (out / "results").string();
            const bool said = std::string(error.what()).find(remedy) != std::string::npos;
            _exit(said && names(dir) == std::set<std::string>{"out"} ? 0 : 2);
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "may not mount";
    EXPECT_EQ(status, 0);
}

TEST_F(Results, TryAFolderWithoutChangingIt) {
    const fs::path out = dir / "out";
    fs::create_directory(out);
    fs::permissions(out, fs::perms::owner_all);
    check_writable(out);
    EXPECT_EQ(fs::status(out).permissions(), fs::perms::owner_all);
    write_results(out, small_run(), {});
    const std::string before = content(out / "segments.csv");
    check_writable(out);
    EXPECT_EQ(content(out / "segments.csv"), before);
    EXPECT_THAT(names(dir), ElementsAre("out"));
}

TEST_F(Results, TryAFileWithoutChangingIt) {
    check_file_writable(dir / "new");
    EXPECT_FALSE(fs::exists(dir / "new"));
    std::ofstream(dir / "old") << "of before";
    check_file_writable(dir / "old");
    EXPECT_EQ(content(dir / "old"), "of before");
    EXPECT_THAT([&] { check_file_writable(dir / "none" / "file"); },
                ThrowsMessage<OutputError>(HasSubstr("cannot be written (No such file")));
    EXPECT_THAT([&] { check_file_writable(dir); },
                ThrowsMessage<OutputError>(HasSubstr("is not a regular file")));
    ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
    EXPECT_THAT([&] { check_file_writable(dir / "pipe"); },
                ThrowsMessage<OutputError>(HasSubstr("is not a regular file")));
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
    const nlohmann::json json = to_json(make_report(small_run(), {}));
    EXPECT_EQ(json["summary"].size(), 4U);
    EXPECT_EQ(json["savings"].size(), 0U);
    EXPECT_EQ(json["agreement"].size(), 0U);
    EXPECT_EQ(json["summary"][0]["scheme"], "oneadapt");
}

}  // namespace
}  // namespace oneadapt
