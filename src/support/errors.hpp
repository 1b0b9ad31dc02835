#pragma once

#include <stdexcept>
#include <string>

namespace oneadapt {

/// Exit codes of the program, documented in the README and in `--help`.
enum class ExitCode : int {
    ok = 0,
    internal = 1,      ///< a bug in the program, or an installation that needs mending
    usage = 2,         ///< unknown flag, knob, value, scheme, parameter, weight or device
    input = 3,         ///< a clip, manifest, label, profile or link file cannot be used
    model = 4,         ///< a DNN or its sidecar cannot be used
    trace = 5,         ///< the trace is corrupt, of another version, or lacks a measurement
    output = 6,        ///< results or the trace cannot be written
    interrupted = 130  ///< Ctrl-C; what was measured is kept
};

/// Base of every error that a user can cause and mend. `what()` is one line: where, what is wrong,
/// and what would be right.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& where, const std::string& problem,
          const std::string& remedy);
    ExitCode code() const noexcept { return code_; }

  private:
    ExitCode code_;
};

/// The command line asks for something that does not exist.
struct UsageError : Error {
    UsageError(const std::string& where, const std::string& problem, const std::string& remedy)
        : Error(ExitCode::usage, where, problem, remedy) {}
};

/// A recorded clip, manifest, label, profile or link file is missing or malformed.
struct InputError : Error {
    InputError(const std::string& where, const std::string& problem, const std::string& remedy)
        : Error(ExitCode::input, where, problem, remedy) {}
};

/// A DNN or its sidecar is missing, malformed, of another task, or yields nonsense.
struct ModelError : Error {
    ModelError(const std::string& where, const std::string& problem, const std::string& remedy)
        : Error(ExitCode::model, where, problem, remedy) {}
};

/// The trace is corrupt, of another version, or lacks what an offline replay needs.
struct TraceError : Error {
    TraceError(const std::string& where, const std::string& problem, const std::string& remedy)
        : Error(ExitCode::trace, where, problem, remedy) {}
};

/// The trace lacks a measurement that an offline replay asks for.
struct NotRecorded : TraceError {
    NotRecorded(const std::string& trace, const std::string& what)
        : TraceError(trace, "lacks " + what, "record it first, without --offline") {}
};

/// Results or measurements cannot be written.
struct OutputError : Error {
    OutputError(const std::string& where, const std::string& problem, const std::string& remedy)
        : Error(ExitCode::output, where, problem, remedy) {}
};

/// A part of the program itself is missing or does not fit the rest.
struct InstallationError : Error {
    InstallationError(const std::string& where, const std::string& problem,
                      const std::string& remedy)
        : Error(ExitCode::internal, where, problem, remedy) {}
};

/// The user pressed Ctrl-C.
struct Interrupted : Error {
    Interrupted();
};

}  // namespace oneadapt
