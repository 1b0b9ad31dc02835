#include "support/errors.hpp"

namespace oneadapt {

Error::Error(ExitCode code, const std::string& where, const std::string& problem,
             const std::string& remedy)
    : std::runtime_error(where + ": " + problem + (remedy.empty() ? "" : "; " + remedy)),
      code_(code) {}

Interrupted::Interrupted()
    : Error(ExitCode::interrupted, "interrupted", "stopped before the end",
            "measurements are kept: the same command goes on from here") {}

}  // namespace oneadapt
