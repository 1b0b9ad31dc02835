#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "support/errors.hpp"

/// What the fuzzers of the parsers share. Each has a file of its own that defines
/// LLVMFuzzerTestOneInput(): it ends well, or throws an Error; whatever else it throws, and a
/// `demand` that does not hold, is a fault.
namespace oneadapt::fuzz {

/// A file in memory that holds the input, for parsers that take the name of a file.
class InputFile {
  public:
    /// The input's file, valid until the next call.
    static const std::filesystem::path& with(std::string_view bytes) {
        static const InputFile file;
        const bool written =
            ftruncate(file.descriptor_, 0) == 0 &&
            pwrite(file.descriptor_, bytes.data(), bytes.size(), 0) == ssize_t(bytes.size());
        if (!written) std::abort();
        return file.path_;
    }

  private:
    InputFile()
        : descriptor_(memfd_create("input", 0)),
          path_("/proc/self/fd/" + std::to_string(descriptor_)) {}

    int descriptor_;
    std::filesystem::path path_;
};

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Stops the fuzzer with the input, which is then a fault.
inline void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// Runs the parser; an Error is an answer, too.
template <class Parser>
int parse(const Parser& parser) {
    try {
        parser();
    } catch (const Error&) {
        return 0;
    }
    return 0;
}

}  // namespace oneadapt::fuzz
