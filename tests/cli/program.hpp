#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/wait.h>

namespace oneadapt::test {

struct Ran {
    int exit_code = -1;
    std::string out;
    std::string err;
};

inline std::string file_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Runs the program as a user does, from a shell in `folder`.
inline Ran run_program(const std::filesystem::path& folder, const std::string& arguments) {
    const std::string program = std::string(ONEADAPT_BINARY_DIR) + "/oneadapt-sim";
    const std::string command = "cd '" + folder.string() + "' && '" + program + "' " + arguments +
                                " >.stdout 2>.stderr </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, file_text(folder / ".stdout"),
            file_text(folder / ".stderr")};
}

}  // namespace oneadapt::test
