#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

#include "support/console.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

extern char** environ;

namespace oneadapt {
namespace {

constexpr ChildProcess::Seconds kGrace{5};
constexpr ChildProcess::Seconds kGlance{0.1};  ///< between looks at whether the user asked to end
constexpr std::size_t kOverheard = 4096;

/// The process groups that are running, for end_child_processes(); 0 is a free place. Whoever finds
/// no place is not in it.
std::array<std::atomic<pid_t>, 4096> running{};
static_assert(std::atomic<pid_t>::is_always_lock_free);

void replace_running(pid_t old, pid_t with) noexcept {
    for (std::atomic<pid_t>& place : running) {
        pid_t expected = old;
        if (place.compare_exchange_strong(expected, with)) return;
    }
}

/// The last line that says something, without what no line of a CSV or terminal should have.
std::string last_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    std::string line = text.substr(text.rfind('\n') + 1);
    std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
    return line;
}

/// What posix_spawn() is told, freed at the end.
struct SpawnOrders {
    SpawnOrders() {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
    }
    SpawnOrders(const SpawnOrders&) = delete;
    SpawnOrders& operator=(const SpawnOrders&) = delete;
    ~SpawnOrders() {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
};

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) close(number_);
}

ChildProcess::ChildProcess(std::string command) : command_(std::move(command)) {
    start();
}

void ChildProcess::start() {
    const auto check = [&](int error, const char* what) {
        if (error == 0) return;
        fail(fmt::format("cannot be started ({}: {})", what, std::strerror(error)),
             "start fewer at once (--jobs), or raise the limits (ulimit)");
    };
    int to[2], from[2], errors[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) ? errno : 0, "a socket");
    input_ = Descriptor(to[0]);
    const Descriptor its_input(to[1]);
    check(pipe2(from, O_CLOEXEC) ? errno : 0, "a pipe");
    output_ = Descriptor(from[0]);
    const Descriptor its_output(from[1]);
    check(pipe2(errors, O_CLOEXEC) ? errno : 0, "a pipe");
    error_ = Descriptor(errors[0]);
    const Descriptor its_error(errors[1]);

    SpawnOrders orders;
    posix_spawn_file_actions_adddup2(&orders.files, its_input.number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&orders.files, its_output.number(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&orders.files, its_error.number(), STDERR_FILENO);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&orders.attributes, &signals);
    sigaddset(&signals, SIGXFSZ);
    posix_spawnattr_setsigdefault(&orders.attributes, &signals);
    // A group of its own: Ctrl-C in a terminal is for us, and its end takes all that it started.
    posix_spawnattr_setpgroup(&orders.attributes, 0);
    posix_spawnattr_setflags(
        &orders.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    std::string shell = "sh";
    std::string option = "-c";
    std::string text = command_;
    char* const words[] = {shell.data(), option.data(), text.data(), nullptr};
    check(posix_spawn(&pid_, "/bin/sh", &orders.files, &orders.attributes, words, environ),
          "/bin/sh");
    replace_running(0, pid_);
    fcntl(output_.number(), F_SETFL, O_NONBLOCK);
    fcntl(error_.number(), F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
    if (pid_ < 0) return;
    input_ = {};
    try {
        wait_for_end(kGrace);
    } catch (const Interrupted&) {
        // It ends at once.
    }
    end();
}

void ChildProcess::end() noexcept {
    input_ = {};
    if (pid_ < 0) return;
    kill(-pid_, SIGKILL);
    replace_running(pid_, 0);
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) continue;
    pid_ = -1;
}

void ChildProcess::dismiss(const std::string& line) noexcept {
    if (input_) {
        const std::string text = line + '\n';
        send(input_.number(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    end();
}

std::string ChildProcess::ask(const std::string& line, Seconds limit) {
    if (!heard_.empty()) {
        fail("says more than one line where one was asked for", "answer each line with one line");
    }
    unsent_ = line + '\n';
    const Clock::time_point start = Clock::now();
    while (true) {
        if (const std::size_t end = heard_.find('\n'); end != std::string::npos) {
            std::string answer = heard_.substr(0, end);
            heard_.erase(0, end + 1);
            return answer;
        }
        if (heard_.size() > kLongestLine) {
            fail(fmt::format("says a line of more than {} bytes", kLongestLine),
                 "answer with one line of JSON");
        }
        if (!output_) fail_ended();
        const Seconds left = limit - (Clock::now() - start);
        if (left <= Seconds(0)) {
            fail(fmt::format("has not answered within {:g} s", limit.count()),
                 "make it faster, or raise the limit");
        }
        move(std::min(left, kGlance));
        check_interrupt();
    }
}

bool ChildProcess::move(Seconds limit) {
    pollfd watched[] = {
        {.fd = unsent_.empty() ? -1 : input_.number(), .events = POLLOUT, .revents = 0},
        {.fd = output_.number(), .events = POLLIN, .revents = 0},
        {.fd = error_.number(), .events = POLLIN, .revents = 0}};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit);
    if (poll(watched, std::size(watched), static_cast<int>(milliseconds.count())) <= 0)
        return false;
    if (watched[2].revents != 0) overhear();
    if (watched[1].revents != 0) hear();
    if (watched[0].revents != 0) write_some();
    return true;
}

void ChildProcess::write_some() {
    const ssize_t sent =
        send(input_.number(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
        unsent_.erase(0, static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
        unsent_.clear();  // it reads no more; its silence, or its end, says the rest
    }
}

void ChildProcess::hear() {
    std::array<char, 1 << 16> buffer;
    const ssize_t got = read(output_.number(), buffer.data(), buffer.size());
    if (got > 0) heard_.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0) output_ = Descriptor();
}

void ChildProcess::overhear() {
    std::array<char, 1 << 12> buffer;
    const ssize_t got = read(error_.number(), buffer.data(), buffer.size());
    if (got == 0) error_ = Descriptor();
    if (got <= 0) return;
    const std::string text(buffer.data(), static_cast<std::size_t>(got));
    tell(text);
    overheard_ += text;
    if (overheard_.size() > kOverheard) overheard_.erase(0, overheard_.size() - kOverheard);
}

void ChildProcess::wait_for_end(Seconds limit) {
    const Clock::time_point start = Clock::now();
    while (pid_ >= 0) {
        const pid_t ended = waitpid(pid_, &status_, WNOHANG);
        if (ended == pid_) {
            kill(-pid_, SIGKILL);  // whatever it leaves behind
            replace_running(pid_, 0);
            pid_ = -1;
        }
        const bool late = Clock::now() - start > limit;
        if (ended != 0 || late) break;
        if (output_ || error_) {
            move(Seconds(0.01));
            heard_.clear();
        } else {
            poll(nullptr, 0, 10);
        }
        check_interrupt();
    }
    while (error_ && pid_ < 0 && move(Seconds(0))) continue;
}

void ChildProcess::fail_ended() {
    wait_for_end(Seconds(1));
    std::string problem = "has closed its standard output";
    if (pid_ < 0 && WIFSIGNALED(status_)) {
        problem = fmt::format("was ended by signal {}", WTERMSIG(status_));
    } else if (pid_ < 0) {
        problem = fmt::format("ended with exit code {}", WEXITSTATUS(status_));
    }
    if (const std::string said = last_line(overheard_); !said.empty()) {
        problem += fmt::format(", saying: {}", said);
    }
    fail(problem, "let it answer every line until its standard input ends");
}

void ChildProcess::fail(const std::string& problem, const std::string& remedy) const {
    throw InputError(fmt::format("program '{}'", command_), problem, remedy);
}

void end_child_processes() noexcept {
    for (std::atomic<pid_t>& place : running) {
        const pid_t group = place.load();
        if (group > 0) kill(-group, SIGKILL);
    }
}

}  // namespace oneadapt
