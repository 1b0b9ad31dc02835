#include "support/last_words.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <new>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "support/console.hpp"
#include "support/errors.hpp"

namespace oneadapt {
namespace {

int fail(const std::string& message, ExitCode code) {
    tell(fmt::format("oneadapt-sim: {}\n", message));
    return static_cast<int>(code);
}

/// Of threads, memory or open files. Asio's category, whose numbers are those of errno as well,
/// does not compare with std::errc.
bool is_shortage(const std::error_code& code) {
    const int values[] = {EAGAIN, ENOMEM, EMFILE, ENFILE};
    return std::ranges::find(values, code.value()) != std::end(values);
}

[[noreturn]] void end_uncaught() {
    std::set_terminate(std::abort);
    if (std::current_exception() == nullptr) std::abort();
    std::_Exit(tell_exception());
}

}  // namespace

int tell_exception() {
    try {
        throw;
    } catch (const Error& error) {
        return fail(error.what(), error.code());
    } catch (const std::bad_alloc&) {
        return fail(
            "out of memory: the run needs more than there is; use fewer --jobs, a smaller --size "
            "or shorter segments",
            ExitCode::internal);
    } catch (const std::system_error& error) {
        if (!is_shortage(error.code())) {
            return fail(fmt::format("internal error: {}", error.what()), ExitCode::internal);
        }
        return fail(fmt::format("the system is short of what the run needs ({}); use fewer --jobs, "
                                "or raise the limit that `ulimit -a` shows",
                                error.what()),
                    ExitCode::internal);
    } catch (const std::exception& error) {
        return fail(fmt::format("internal error: {}", error.what()), ExitCode::internal);
    }
}

void install_last_words() {
    std::set_terminate(end_uncaught);
}

}  // namespace oneadapt
