#pragma once

namespace oneadapt {

/// Makes SIGINT and SIGTERM ask for a clean end. If the program has not ended 0.8 s after the first
/// signal (a long DNN pass cannot be cut short), it leaves at once with the same exit code: the
/// trace is whole at every moment.
void install_interrupt_handler();

/// True once the user asked for an end.
bool interrupted() noexcept;

/// Throws Interrupted once the user asked for an end. Long work calls it between frames.
void check_interrupt();

}  // namespace oneadapt
