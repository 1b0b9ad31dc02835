#include "support/interrupt.hpp"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>

#include "support/child_process.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void leave_now(int) {
    end_child_processes();
    _exit(static_cast<int>(ExitCode::interrupted));
}

void ask_for_stop(int) {
    if (stop_asked.exchange(true)) leave_now(0);
    struct itimerval grace = {};
    grace.it_value.tv_usec = 800'000;
    setitimer(ITIMER_REAL, &grace, nullptr);
}

}  // namespace

void install_interrupt_handler() {
    struct sigaction action = {};
    sigemptyset(&action.sa_mask);
    action.sa_handler = ask_for_stop;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    action.sa_handler = leave_now;
    sigaction(SIGALRM, &action, nullptr);
    // A file that outgrows a limit (ulimit -f) is one that cannot be written, and is reported so.
    signal(SIGXFSZ, SIG_IGN);
}

bool interrupted() noexcept {
    return stop_asked.load(std::memory_order_relaxed);
}

void check_interrupt() {
    if (interrupted()) throw Interrupted();
}

}  // namespace oneadapt
