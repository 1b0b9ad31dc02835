#include "cli/draw_scene.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/errors.hpp"
#include "support/interrupt.hpp"
#include "support/program.hpp"

namespace oneadapt {
namespace {

/// What a program that ended said on both of its streams, and how it ended.
struct Ended {
    int exit_code = -1;  ///< -1: by a signal
    std::string said;
};

/// A program that runs, and the end of the pipe that it talks into.
struct Running {
    pid_t process = 0;
    int voice = -1;

    explicit Running(std::vector<std::string> command) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) fail(command, errno);
        std::vector<char*> words;
        words.reserve(command.size() + 1);
        for (std::string& word : command) words.push_back(word.data());
        words.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        const int status =
            posix_spawn(&process, words.front(), &actions, nullptr, words.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        voice = ends[0];
        if (status == 0) return;
        close(voice);
        fail(command, status);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { close(voice); }

    /// Waits for the end; stops the program and throws Interrupted when the user asks for an end.
    Ended wait() const {
        Ended ended;
        std::array<char, 4096> piece{};
        for (;;) {
            if (interrupted()) kill(process, SIGTERM);
            struct pollfd ready = {.fd = voice, .events = POLLIN, .revents = 0};
            if (poll(&ready, 1, 100) <= 0) continue;
            const ssize_t count = read(voice, piece.data(), piece.size());
            if (count == 0) break;
            if (count > 0) ended.said.append(piece.data(), static_cast<std::size_t>(count));
        }
        int status = 0;
        while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
        }
        check_interrupt();
        if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
        return ended;
    }

  private:
    [[noreturn]] static void fail(const std::vector<std::string>& command, int error) {
        throw InputError(
            fmt::format("{}", fmt::join(command, " ")),
            fmt::format("cannot be run to draw a missing clip ({})", std::strerror(error)),
            fmt::format("build it with cmake --build {} --target scenes, or name a recording of "
                        "your own with --clip",
                        program_folder().string()));
    }
};

std::string last_line(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

}  // namespace

void draw_scene(const std::filesystem::path& scene, const std::string& sensor,
                const std::filesystem::path& recording, const std::filesystem::path& labels) {
    const bool spoken = sensor == "audio";
    const auto program = program_folder() / (spoken ? "speak-scene" : "render-scene");
    std::vector<std::string> command = {program.string(), scene.string()};
    if (!spoken) command.insert(command.end(), {"--sensor", sensor});
    command.insert(command.end(), {"--out", recording.string(), "--labels", labels.string()});
    const Ended ended = Running(command).wait();
    if (ended.exit_code == 0) return;
    const std::string line = fmt::format("{}", fmt::join(command, " "));
    const std::string problem = "failed: " + last_line(ended.said);
    if (ended.exit_code == static_cast<int>(ExitCode::output)) {
        throw OutputError(line, problem, "make room for the clip, or name another with --clip");
    }
    throw InputError(line, problem, "mend the scene, or name a recording of your own with --clip");
}

}  // namespace oneadapt
