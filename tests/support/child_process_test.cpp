#include "support/child_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

using ::testing::HasSubstr;
using Seconds = ChildProcess::Seconds;

constexpr Seconds kPatience{20};

bool has_no_children() {
    return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

TEST(ChildProcess, AnswersEachLineWithOne) {
    {
        ChildProcess echo("exec cat");
        EXPECT_EQ(echo.ask("hello", kPatience), "hello");
        EXPECT_EQ(echo.ask("", kPatience), "");
    }
    EXPECT_TRUE(has_no_children());
}

TEST(ChildProcess, LongLinesPassBothWaysAtOnce) {
    ChildProcess echo("exec cat");
    const std::string line(5'000'000, 'x');  // more than any pipe holds
    EXPECT_EQ(echo.ask(line, kPatience), line);
}

TEST(ChildProcess, HasTimeToEndOnceItsInputEnds) {
    const auto start = std::chrono::steady_clock::now();
    { ChildProcess slow("cat >/dev/null; sleep 0.3"); }
    EXPECT_GE(std::chrono::steady_clock::now() - start, Seconds(0.3));
    EXPECT_TRUE(has_no_children());
}

TEST(ChildProcess, DripsDoNotStretchTheLimit) {
    ChildProcess drips("while true; do printf x; sleep 0.05; done");
    EXPECT_THROW(drips.ask("hello", Seconds(0.5)), InputError);
}

TEST(ChildProcess, EndsWithAllThatItStarted) {
    ChildProcess parent("sleep 1000 & echo $!; read x; sleep 1000");
    const int grandchild = std::stoi(parent.ask("", kPatience));
    parent.dismiss("farewell");
    EXPECT_TRUE(has_no_children());
    // Its orphan is init's to bury.
    for (int i = 0; i < 100 && kill(grandchild, 0) == 0; ++i) usleep(20'000);
    EXPECT_EQ(kill(grandchild, 0), -1);
}

TEST(ChildProcess, SaysWhyItEnded) {
    ChildProcess failing("echo first >&2; echo 'no\tsuch module' >&2; exit 7");
    try {
        failing.ask("hello", kPatience);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("ended with exit code 7, saying: nosuch module"));
    }
}

}  // namespace
}  // namespace oneadapt
