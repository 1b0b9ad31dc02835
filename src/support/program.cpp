#include "support/program.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "support/text.hpp"

namespace oneadapt {

std::filesystem::path program_folder() {
    std::error_code unknown;
    return std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
}

namespace {

/// What the marks of this machine's processes begin with.
std::string machine_mark() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + "-";
}

}  // namespace

std::string process_mark() {
    return machine_mark() + std::to_string(::getpid());
}

bool is_abandoned(std::string_view mark) {
    const std::string machine = machine_mark();
    if (!mark.starts_with(machine)) return false;
    const auto process = number_in<pid_t>(mark.substr(machine.size()));
    return process && *process > 0 && ::kill(*process, 0) != 0 && errno == ESRCH;
}

}  // namespace oneadapt
