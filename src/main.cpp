#include <system_error>

#include "cli/app.hpp"
#include "support/console.hpp"
#include "support/interrupt.hpp"
#include "support/last_words.hpp"

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

}  // namespace
}  // namespace oneadapt

int main(int argc, char** argv) {
    oneadapt::install_last_words();
    try {
        oneadapt::hold_standard_streams();
        oneadapt::install_interrupt_handler();
        return oneadapt::run(argc, argv);
    } catch (...) {
        return oneadapt::tell_exception();
    }
}
