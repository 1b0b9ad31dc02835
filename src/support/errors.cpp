#include "support/errors.hpp"

namespace oneadapt {
namespace {

/// A name in a file, or of one, may hold line ends and worse; a message stays one line.
std::string one_line(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    }
    return text;
}

}  // namespace

Error::Error(ExitCode code, const std::string& where, const std::string& problem,
             const std::string& remedy)
    : std::runtime_error(one_line(where + ": " + problem + (remedy.empty() ? "" : "; " + remedy))),
      code_(code) {}

Interrupted::Interrupted()
    : Error(ExitCode::interrupted, "interrupted", "stopped before the end",
            "measurements are kept: the same command goes on from here") {}

}  // namespace oneadapt
