#pragma once

#include <string>
#include <vector>

namespace oneadapt {

/// One thing that the program needs, as found on this machine.
struct Finding {
    bool ok = false;
    std::string what;
    std::string found;
    std::string remedy;  ///< how to mend it, when not ok
};

/// Checks codecs, BLAS, LibTorch, devices, models and the embedded dataset.
std::vector<Finding> examine();

/// Prints the findings; returns the exit code: ok, or internal when something needs mending.
int doctor_command();

}  // namespace oneadapt
