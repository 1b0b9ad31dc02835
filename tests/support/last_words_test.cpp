#include "support/last_words.hpp"

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>

#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// What the program says, and ends with, when that is thrown where nobody catches it.
template <class Thrown>
void throw_uncaught(const Thrown& thrown) {
    install_last_words();
    std::thread([&] { throw thrown; }).join();
}

TEST(LastWords, AreOneLineAndTheExitCode) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(throw_uncaught(std::bad_alloc()), ::testing::ExitedWithCode(1),
                "^oneadapt-sim: out of memory: [^\n]*\n$");
    EXPECT_EXIT(throw_uncaught(TraceError("a.trace", "is damaged", "record again")),
                ::testing::ExitedWithCode(5),
                "^oneadapt-sim: a.trace: is damaged; record again\n$");
    EXPECT_EXIT(throw_uncaught(std::system_error(EAGAIN, std::generic_category(), "thread")),
                ::testing::ExitedWithCode(1),
                "^oneadapt-sim: the system is short of what the run needs .thread: Resource "
                "temporarily unavailable.; [^\n]*\n$");
    EXPECT_EXIT(throw_uncaught(std::system_error(EINVAL, std::generic_category(), "thread")),
                ::testing::ExitedWithCode(1), "^oneadapt-sim: internal error: thread: Invalid");
    EXPECT_EXIT(throw_uncaught(std::runtime_error("why")), ::testing::ExitedWithCode(1),
                "^oneadapt-sim: internal error: why\n$");
}

}  // namespace
}  // namespace oneadapt
