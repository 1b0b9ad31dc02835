#include "support/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "support/errors.hpp"

namespace oneadapt {

void hold_standard_streams() {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        // The lowest free number is taken, which is this one. Read-only, so that writing fails.
        if (fcntl(stream, F_GETFD) == -1 && errno == EBADF) open("/dev/null", O_RDONLY);
    }
}

void tell(const std::string& text) noexcept {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

void check_printed() {
    errno = 0;
    const bool arrived = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (arrived) return;
    throw OutputError(
        "standard output",
        fmt::format("cannot be written ({})",
                    errno != 0 ? std::strerror(errno) : "an earlier part of it was lost"),
        "free some space, or print to elsewhere");
}

}  // namespace oneadapt
