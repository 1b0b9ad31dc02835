#include <exception>
#include <new>
#include <system_error>

#include <fmt/format.h>

#include "cli/app.hpp"
#include "support/console.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

namespace oneadapt {
namespace {

/// Runs the command; what it printed has arrived at its end.
int run(int argc, char** argv) {
    int code = 0;
    try {
        code = CommandLine().run(argc, argv);
    } catch (const std::system_error&) {  // fmt::print's, where a full buffer cannot be emptied
        check_printed();
        throw;
    }
    check_printed();
    return code;
}

int fail(const std::string& message, ExitCode code) {
    tell(fmt::format("oneadapt-sim: {}\n", message));
    return static_cast<int>(code);
}

}  // namespace
}  // namespace oneadapt

int main(int argc, char** argv) {
    using oneadapt::ExitCode;
    try {
        oneadapt::hold_standard_streams();
        oneadapt::install_interrupt_handler();
        return oneadapt::run(argc, argv);
    } catch (const oneadapt::Error& error) {
        return oneadapt::fail(error.what(), error.code());
    } catch (const std::bad_alloc&) {
        return oneadapt::fail(
            "out of memory: the run needs more than there is; use fewer --jobs, a smaller --size "
            "or "
            "shorter segments",
            ExitCode::internal);
    } catch (const std::exception& error) {
        return oneadapt::fail(fmt::format("internal error: {}", error.what()), ExitCode::internal);
    }
}
