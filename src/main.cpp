#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "cli/app.hpp"
#include "support/errors.hpp"
#include "support/interrupt.hpp"

int main(int argc, char** argv) {
    try {
        oneadapt::install_interrupt_handler();
        return oneadapt::CommandLine().run(argc, argv);
    } catch (const oneadapt::Error& error) {
        fmt::print(stderr, "oneadapt-sim: {}\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        fmt::print(stderr, "oneadapt-sim: internal error: {}\n", error.what());
        return static_cast<int>(oneadapt::ExitCode::internal);
    }
}
