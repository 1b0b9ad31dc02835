#pragma once

#include <functional>
#include <memory>

#include <CLI/App.hpp>

namespace oneadapt {

/// The command line: options, subcommands, help, and what each of them runs.
class CommandLine {
  public:
    CommandLine();
    ~CommandLine();

    /// Parses and runs; returns the exit code. Throws Error.
    int run(int argc, char** argv);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace oneadapt
