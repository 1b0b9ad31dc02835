#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

/// Runs the program as a user does, from a shell in `folder`, with its streams as the shell is
/// told.
inline Ran run_program(const std::filesystem::path& folder, const std::string& arguments,
                       const std::string& streams = ">.stdout 2>.stderr </dev/null",
                       const std::string& program = ONEADAPT_BINARY_DIR "/oneadapt-sim") {
    const std::string command = "cd '" + folder.string() + "' && timeout 600 '" + program + "' " +
                                arguments + ' ' + streams;
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, file_text(folder / ".stdout"),
            file_text(folder / ".stderr")};
}

/// Rows that were printed as lines of JSON, by table.
inline nlohmann::json tables_in(const std::string& lines) {
    nlohmann::json tables;
    std::istringstream text(lines);
    for (std::string line; std::getline(text, line);) {
        const nlohmann::json row = nlohmann::json::parse(line);
        tables[row.at("table").get<std::string>()].push_back(row);
    }
    return tables;
}

/// Starts the program with t.trace, and returns when it has measured that many bytes. Arguments are
/// parted by spaces.
inline pid_t start_program(const std::filesystem::path& folder, const std::string& arguments,
                           std::uintmax_t measured_bytes) {
    std::istringstream parts("oneadapt-sim " + arguments + " --trace t.trace --quiet");
    std::vector<std::string> words(std::istream_iterator<std::string>(parts), {});
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char*> pointers;
        pointers.reserve(words.size() + 1);
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        std::filesystem::current_path(folder);
        execv(ONEADAPT_BINARY_DIR "/oneadapt-sim", pointers.data());
        _exit(127);
    }
    const auto log = folder / "t.trace-wal";
    while (!std::filesystem::exists(log) || std::filesystem::file_size(log) < measured_bytes) {
        EXPECT_EQ(waitpid(child, nullptr, WNOHANG), 0) << "ended before its time";
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return child;
}

}  // namespace oneadapt::test
