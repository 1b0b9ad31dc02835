#include "support/pending_file.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace oneadapt {
namespace {

namespace fs = std::filesystem;

/// The mark of a process of this machine that has ended.
std::string mark_of_the_dead() {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
    const std::string mine = process_mark();
    return mine.substr(0, mine.rfind('-') + 1) + std::to_string(child);
}

TEST(Abandoned, IsWhatADeadProcessOfThisMachineLeft) {
    const test::TempFolder folder;
    const auto left = [&](const std::string& name) {
        fs::create_directories(folder / name);
        std::ofstream(folder / name / "segments.csv") << "clip\n";
        return folder / name;
    };
    const std::string dead = mark_of_the_dead();
    EXPECT_TRUE(is_abandoned(dead));
    EXPECT_FALSE(is_abandoned(process_mark()));
    EXPECT_FALSE(is_abandoned("another-machine-1"));
    const fs::path of_the_dead = left(".cell.partial-" + dead);
    const fs::path of_another_run = left(".other.partial-" + dead);
    const fs::path mine = left(unfinished_name(".cell"));
    const fs::path of_another_machine = left(".cell.partial-elsewhere-1");
    const fs::path older = left(".cell.older-" + dead);
    const fs::path finished = left("cell");
    remove_abandoned(folder.path(), ".cell.");
    EXPECT_FALSE(fs::exists(of_the_dead));
    for (const fs::path& kept : {of_another_run, mine, of_another_machine, older, finished}) {
        EXPECT_TRUE(fs::exists(kept / "segments.csv")) << kept;
    }
    remove_abandoned(folder.path());
    EXPECT_FALSE(fs::exists(of_another_run));
    EXPECT_TRUE(fs::exists(mine));
    remove_abandoned(folder / "none");
}

TEST(PendingFile, RemovesWhatTheDeadLeftUnderItsName) {
    const test::TempFolder folder;
    const fs::path left = folder / ("clip.mkv.partial-" + mark_of_the_dead());
    const fs::path other = folder / ("clip.mkv.labels.partial-" + mark_of_the_dead());
    for (const fs::path& file : {left, other}) std::ofstream(file) << "half";
    PendingFile pending(folder / "clip.mkv");
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(other));
    std::ofstream(pending.path()) << "whole";
    pending.keep();
    EXPECT_TRUE(fs::exists(folder / "clip.mkv"));
}

}  // namespace
}  // namespace oneadapt
