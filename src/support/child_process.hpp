#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>

namespace oneadapt {

/// An open file descriptor, closed at the end of its life.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

  private:
    int number_ = -1;
};

/// A program that is talked to over its standard input and output, a line each way. What it says on
/// its standard error goes on to ours.
///
/// Its faults are InputErrors that name the command: it cannot be started, ends, is silent for too
/// long, or says a line of more than kLongestLine bytes. It and what it started end with this
/// object, and when the user asks for an end (Interrupted).
class ChildProcess {
  public:
    using Seconds = std::chrono::duration<double>;

    static constexpr std::size_t kLongestLine = std::size_t{64} << 20;

    /// Starts `command` as a shell reads it.
    explicit ChildProcess(std::string command);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    /// Closes its input, gives it five seconds to end, and ends it.
    ~ChildProcess();

    /// Says a line, which has no line break in it, and returns the line that comes back.
    std::string ask(const std::string& line, Seconds limit);

    /// Says a line to which no answer is wanted, and ends the program at once.
    void dismiss(const std::string& line) noexcept;

  private:
    using Clock = std::chrono::steady_clock;

    void start();
    /// Moves what can be moved within `limit`; whether anything moved.
    bool move(Seconds limit);
    void write_some();
    void hear();
    void overhear();
    void wait_for_end(Seconds limit);
    void end() noexcept;
    [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const;
    [[noreturn]] void fail_ended();

    std::string command_;
    pid_t pid_ = -1;    ///< of the program, which leads a process group; -1 once it is reaped
    int status_ = 0;    ///< of waitpid(), once it is reaped
    Descriptor input_;  ///< ours of its standard input, a socket so that writing raises no signal
    Descriptor output_;
    Descriptor error_;
    std::string unsent_;
    std::string heard_;
    std::string overheard_;  ///< the end of what it said on its standard error
};

/// Ends every program that is still talked to. For signal handlers.
void end_child_processes() noexcept;

}  // namespace oneadapt
