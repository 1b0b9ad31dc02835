// What other processes, the disk and permissions do to a trace.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "support/errors.hpp"
#include "support/temp_folder.hpp"
#include "trace/numbered.hpp"
#include "trace/trace.hpp"

namespace oneadapt::test {
namespace {

using Mode = Trace::Mode;
namespace fs = std::filesystem;

/// Runs `work` in a child process; it fails by throwing or by its return value.
pid_t start(const std::function<bool()>& work) {
    const pid_t child = fork();
    if (child == 0) {
        int status = 1;
        try {
            status = work() ? 0 : 2;
        } catch (const std::exception& e) {
            fprintf(stderr, "child: %s\n", e.what());
        }
        _exit(status);
    }
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// Stores 0, 1, 2, ... in a child, kills it after `enough` were acknowledged, and returns how many
/// were.
int store_until_killed(const fs::path& file, int enough) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = start([&] {
        Trace trace(file, Mode::read_write);
        for (int n = 0;; ++n) {
            store_nth(trace, n);
            if (write(ends[1], &n, sizeof n) != sizeof n) return false;
        }
    });
    close(ends[1]);
    int acknowledged = 0;
    int n = 0;
    while (read(ends[0], &n, sizeof n) == sizeof n) {
        acknowledged = n + 1;
        if (acknowledged == enough) kill(child, SIGKILL);
    }
    close(ends[0]);
    EXPECT_EQ(wait_for(child), -SIGKILL);
    return acknowledged;
}

TEST(TraceProcess, NothingAcknowledgedIsLostToAKill) {
    for (const int enough : {1, 7, 300, 2000}) {
        const TempFolder folder;
        const auto file = folder / "a.trace";
        const int acknowledged = store_until_killed(file, enough);
        ASSERT_GE(acknowledged, enough);
        EXPECT_TRUE(fs::exists(folder / "a.trace-wal"));

        const Trace trace(file, Mode::read_write);
        for (int n = 0; n < acknowledged; ++n) ASSERT_TRUE(has_nth(trace, n)) << n;
        EXPECT_LE(trace.size(), acknowledged + 1);
    }
}

TEST(TraceProcess, ReadOnlySeesTheLogOfAKilledWriter) {
    const TempFolder folder;
    const auto file = folder / "a.trace";
    const int acknowledged = store_until_killed(file, 20);
    {
        const Trace trace(file, Mode::read_only);
        for (int n = 0; n < acknowledged; ++n) ASSERT_TRUE(has_nth(trace, n)) << n;
    }
    EXPECT_FALSE(fs::exists(folder / "a.trace-wal"));
}

TEST(TraceProcess, ALinkLeadsToTheLogOfAKilledWriter) {
    for (const Mode mode : {Mode::read_only, Mode::read_write}) {
        const TempFolder folder;
        const auto file = folder / "a.trace";
        const int acknowledged = store_until_killed(file, 200);
        fs::create_directory(folder / "elsewhere");
        fs::create_symlink(file, folder / "elsewhere/b.trace");
        const Trace trace(folder / "elsewhere/b.trace", mode);
        for (int n = 0; n < acknowledged; ++n) ASSERT_TRUE(has_nth(trace, n)) << n;
    }
}

TEST(TraceProcess, SeveralProcessesCreateAndWriteAtOnce) {
    constexpr int kProcesses = 4;
    constexpr int kEach = 150;
    for (int round = 0; round < 5; ++round) {
        const TempFolder folder;
        const auto file = folder / "a.trace";
        std::vector<pid_t> children;
        children.reserve(kProcesses);
        for (int p = 0; p < kProcesses; ++p) {
            children.push_back(start([&, p] {
                Trace trace(file, Mode::read_write);
                // Neighbours overlap by half, as two runs on the same clip would.
                for (int n = p * kEach / 2; n < p * kEach / 2 + kEach; ++n) {
                    if (!has_nth(trace, n)) store_nth(trace, n);
                }
                return true;
            }));
        }
        for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0);
        const Trace trace(file, Mode::read_only);
        EXPECT_EQ(trace.size(), (kProcesses + 1) * kEach / 2);
    }
}

/// Runs `work` as somebody who may write neither the file nor its folder.
int without_permission(const fs::path& folder, const std::function<bool()>& work) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        fs::permissions(entry, fs::perms(0444));
    }
    fs::permissions(folder, fs::perms(0555));
    const pid_t child = start([&] {
        constexpr uid_t kNobody = 65534;
        if (geteuid() == 0 && (setgid(kNobody) != 0 || setuid(kNobody) != 0)) return false;
        return work();
    });
    const int status = wait_for(child);
    fs::permissions(folder, fs::perms(0755));
    return status;
}

TEST(TraceProcess, ReadOnlyNeedsNoWritePermission) {
    const TempFolder folder;
    const auto file = folder / "a ?#%.trace";
    {
        Trace trace(file, Mode::read_write);
        store_nth(trace, 1);
    }
    const auto check = [&] {
        const Trace trace(file, Mode::read_only);
        return has_nth(trace, 1) && trace.size() == 1;
    };
    EXPECT_EQ(without_permission(folder.path(), check), 0);
    const auto refuse = [&] {
        try {
            Trace(file, Mode::read_write);
        } catch (const OutputError& e) {
            return std::string(e.what()).find("no permission") != std::string::npos;
        }
        return false;
    };
    EXPECT_EQ(without_permission(folder.path(), refuse), 0);
}

TEST(TraceProcess, ReadOnlySeesALeftLogWithoutWritePermission) {
    const TempFolder folder;
    const auto file = folder / "a.trace";
    const int acknowledged = store_until_killed(file, 20);
    const auto check = [&] {
        const Trace trace(file, Mode::read_only);
        for (int n = 0; n < acknowledged; ++n) {
            if (!has_nth(trace, n)) return false;
        }
        return true;
    };
    EXPECT_EQ(without_permission(folder.path(), check), 0);

    fs::remove(folder / "a.trace-shm");
    const auto refuse = [&] {
        try {
            Trace(file, Mode::read_only);
        } catch (const TraceError& e) {
            return std::string(e.what()).find("cannot be read") != std::string::npos;
        }
        return false;
    };
    EXPECT_EQ(without_permission(folder.path(), refuse), 0);
}

/// Stores until that fails, then checks that what was stored is still there: now, after reopening,
/// and once `mend` made room.
bool survives_a_full_disk(const fs::path& file, const std::string& message,
                          const std::function<void()>& mend) {
    int stored = 0;
    bool refused = false;
    {
        Trace trace(file, Mode::read_write);
        try {
            for (; stored < 100'000; ++stored) store_nth(trace, stored);
        } catch (const OutputError& e) {
            refused = std::string(e.what()).find(message) != std::string::npos;
        }
        for (int n = 0; n < stored; ++n) refused = refused && has_nth(trace, n);
    }
    {
        const Trace trace(file, Mode::read_only);
        for (int n = 0; n < stored; ++n) refused = refused && has_nth(trace, n);
    }
    mend();
    Trace trace(file, Mode::read_write);
    for (int n = 0; n < stored; ++n) refused = refused && has_nth(trace, n);
    store_nth(trace, stored);
    return refused && stored > 50 && has_nth(trace, stored);
}

TEST(TraceProcess, AFileSizeLimitKeepsWhatWasStored) {
    const TempFolder folder;
    const pid_t child = start([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {};
        getrlimit(RLIMIT_FSIZE, &limit);
        const rlim_t before = limit.rlim_cur;
        limit.rlim_cur = 1 << 20;
        setrlimit(RLIMIT_FSIZE, &limit);
        return survives_a_full_disk(folder / "a.trace", "a.trace: cannot be written", [&] {
            limit.rlim_cur = before;
            setrlimit(RLIMIT_FSIZE, &limit);
        });
    });
    EXPECT_EQ(wait_for(child), 0);
}

TEST(TraceProcess, AFullDiskKeepsWhatWasStored) {
    const TempFolder folder;
    if (mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
        GTEST_SKIP() << "needs the right to mount a small file system";
    }
    const auto filler = folder / "filler";
    std::ofstream(filler) << std::string(200'000, 'x');
    EXPECT_TRUE(survives_a_full_disk(folder / "a.trace", "a.trace: the disk is full",
                                     [&] { fs::remove(filler); }));
    umount2(folder.path().c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace oneadapt::test
