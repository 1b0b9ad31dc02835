#pragma once

#include <string>

namespace oneadapt {

/// Puts /dev/null where the program was started without standard streams: otherwise the next file
/// that is opened takes their place, and what is printed goes into it. Writing fails as before.
void hold_standard_streams();

/// Tells people something on standard error. Where that fails (a full disk), the work goes on.
void tell(const std::string& text) noexcept;

/// Throws OutputError unless everything printed to standard output has arrived.
void check_printed();

}  // namespace oneadapt
