#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "trace/measurements.hpp"
#include "trace/trace.hpp"

namespace oneadapt {

// How measurements and clip indices are spelled in the trace. Floating-point numbers read back bit
// for bit, so that a warm run equals a cold one. Reading throws std::invalid_argument.

std::vector<std::byte> to_bytes(const Encoding& encoding);
std::vector<std::byte> to_bytes(const Gradient& gradient);
/// Without name and options, which are the row's key.
std::vector<std::byte> to_bytes(const ClipIndex& index);
std::vector<std::byte> to_bytes(const Output& output);
std::vector<std::byte> to_bytes(double number);

void from_bytes(std::span<const std::byte> bytes, Encoding& encoding);
void from_bytes(std::span<const std::byte> bytes, Gradient& gradient);
void from_bytes(std::span<const std::byte> bytes, ClipIndex& index);
void from_bytes(std::span<const std::byte> bytes, Output& output);
void from_bytes(std::span<const std::byte> bytes, double& number);

/// Throws TraceError: `file` holds a value that does not read back.
[[noreturn]] void throw_malformed(const std::filesystem::path& file, const std::string& reason);

/// from_bytes() of a value that was stored in `file`. Throws TraceError.
template <typename Value>
void read_stored(std::span<const std::byte> bytes, Value& value,
                 const std::filesystem::path& file) {
    try {
        from_bytes(bytes, value);
    } catch (const std::invalid_argument& e) {
        throw_malformed(file, e.what());
    }
}

}  // namespace oneadapt
