#include "support/program.hpp"

#include <unistd.h>

#include <array>

namespace oneadapt {

std::filesystem::path program_folder() {
    std::error_code unknown;
    return std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
}

std::string process_mark() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + "-" + std::to_string(::getpid());
}

}  // namespace oneadapt
